import type { IncomingMessage } from "node:http";
import { describe, expect, test } from "vitest";
import { clientAddress } from "./client-address.ts";

const from = (remoteAddress: string | undefined, forwarded?: string | string[]) =>
  ({
    socket: { remoteAddress },
    headers: forwarded === undefined ? {} : { "x-forwarded-for": forwarded },
  }) as unknown as IncomingMessage;

test("without trusted proxies the peer is the client, whatever X-Forwarded-For says", () => {
  const address = clientAddress([]);
  expect(address(from("203.0.113.7"))).toBe("203.0.113.7");
  expect(address(from("203.0.113.7", "198.51.100.1"))).toBe("203.0.113.7");
  expect(address(from("::ffff:203.0.113.7"))).toBe("203.0.113.7");
  expect(address(from(undefined))).toBeNull();
});

test("a header that is not believed is told of, so that a forgotten proxy is noticed", () => {
  const peers: string[] = [];
  const address = clientAddress(["10.0.0.0/8"], (peer) => peers.push(peer));
  address(from("203.0.113.7"));
  address(from("10.1.2.3", "198.51.100.1"));
  expect(peers).toEqual([]);
  address(from("203.0.113.7", "198.51.100.1"));
  expect(peers).toEqual(["203.0.113.7"]);
});

describe("behind trusted proxies", () => {
  const address = clientAddress(["10.0.0.0/8", "192.0.2.1", "2001:db8:1::/48"]);

  test("the last address that no trusted proxy has is the client (RFC 9700 section 4.13)", () => {
    expect(address(from("10.1.2.3", "198.51.100.1"))).toBe("198.51.100.1");
    expect(address(from("10.1.2.3", "1.1.1.1, 198.51.100.1, 10.9.9.9"))).toBe("198.51.100.1");
    expect(address(from("::ffff:10.1.2.3", "198.51.100.1"))).toBe("198.51.100.1");
    expect(address(from("2001:db8:1::5", "2001:db8:2::7"))).toBe("2001:db8:2::7");
    expect(address(from("192.0.2.1", ["1.1.1.1", "198.51.100.1"]))).toBe("198.51.100.1");
  });

  test("a client that sends the header itself chooses no address", () => {
    expect(address(from("10.1.2.3", "127.0.0.1, 198.51.100.1"))).toBe("198.51.100.1");
    expect(address(from("203.0.113.7", "198.51.100.1"))).toBe("203.0.113.7");
  });

  test("an address with a port, as some load balancers write it, is read", () => {
    expect(address(from("10.1.2.3", "198.51.100.1:51234"))).toBe("198.51.100.1");
    expect(address(from("10.1.2.3", "[2001:db8:2::7]:51234"))).toBe("2001:db8:2::7");
    expect(address(from("10.1.2.3", "[2001:db8:2::7]"))).toBe("2001:db8:2::7");
  });

  test("what is no address ends the search at the proxy", () => {
    for (const forwarded of ["", "unknown", "_hidden", "198.51.100.1, junk", "10.1.1.1"]) {
      expect(address(from("10.1.2.3", forwarded))).toBe("10.1.2.3");
    }
  });
});
