import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { addressProblem, isPublicAddress } from "./address-rules.ts";

const inside = { allowPrivate: false };
const problem = (text: string, rules = inside) => addressProblem(new URL(text), rules);

describe("an address that this server may ask on somebody else's word (ASVS 1.3.6)", () => {
  test("is of the public internet", () => {
    for (const address of ["8.8.8.8", "93.184.216.34", "2606:4700::1111", "2a00:1450:4001::1"]) {
      expect([address, isPublicAddress(address)]).toEqual([address, true]);
    }
  });

  test("is not of a private network, of this machine, of its neighbours, or of a cloud's metadata, however it is written", () => {
    for (const address of [
      ...["10.0.0.1", "172.16.9.9", "192.168.1.1", "127.0.0.1", "127.9.9.9", "0.0.0.0"],
      ...[
        "169.254.169.254",
        "100.64.0.1",
        "192.0.0.1",
        "198.18.0.1",
        "224.0.0.1",
        "255.255.255.255",
      ],
      ...["::1", "::", "fe80::1", "fc00::1", "fd12:3456::1", "ff02::1", "::ffff:10.0.0.1"],
      ...["::ffff:127.0.0.1", "::ffff:7f00:1", "64:ff9b::a00:1", "2002:a00:1::", "2001:db8::1"],
      ...["2001::1", "100::1", "fd00:ec2::254", "not an address", "", "1.2.3", "01.2.3.4.5"],
    ]) {
      expect([address, isPublicAddress(address)]).toEqual([address, false]);
    }
  });

  test("is refused in a URL before anything is looked up, whatever its form", () => {
    for (const text of [
      ...["https://127.0.0.1/", "https://2130706433/", "https://0x7f.1/", "https://017700000001/"],
      ...["https://[::1]/", "https://[::ffff:127.0.0.1]/", "https://[::ffff:a9fe:a9fe]/"],
      ...["https://localhost/", "https://LOCALHOST:8443/", "https://a.localhost/", "https://10.1/"],
      ...[
        "https://metadata.google.internal/",
        "https://printer.local/",
        "https://169.254.169.254/",
      ],
      ...["http://example.com/", "ftp://example.com/", "https://user:pw@example.com/"],
    ]) {
      expect([text, problem(text)]).not.toEqual([text, null]);
    }
    expect(problem("https://example.com/.well-known/openid-configuration")).toBeNull();
  });

  test("may be inside where the operator says so; in the clear only on loopback", () => {
    const rules = { allowPrivate: true };
    for (const text of ["https://10.0.0.5/", "http://127.0.0.1:4000/", "http://localhost:4000/"]) {
      expect([text, problem(text, rules)]).toEqual([text, null]);
    }
    for (const text of ["http://10.0.0.5/", "http://example.com/", "file:///etc/passwd"]) {
      expect([text, problem(text, rules)]).not.toEqual([text, null]);
    }
  });

  test("no IPv4 address becomes public by being written as IPv6", () => {
    fc.assert(
      fc.property(fc.ipV4(), (address) => {
        expect(isPublicAddress(`::ffff:${address}`)).toBe(isPublicAddress(address));
        const [a = 0, b = 0, c = 0, d = 0] = address.split(".").map(Number);
        const hex = `${((a << 8) | b).toString(16)}:${((c << 8) | d).toString(16)}`;
        for (const within of [`::ffff:${hex}`, `64:ff9b::${hex}`, `2002:${hex}::`, `::${hex}`]) {
          expect([within, isPublicAddress(within)]).toEqual([within, false]);
        }
      }),
    );
  });
});
