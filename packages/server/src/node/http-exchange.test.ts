import type { lookup } from "node:dns";
import { createServer, type RequestListener, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { afterEach, describe, expect, test } from "vitest";
import { guardedFetch } from "../outbound/guarded-fetch.ts";
import { OutboundError } from "../outbound/outbound-error.ts";
import { httpExchange } from "./http-exchange.ts";

let servers: Server[] = [];
afterEach(async () => {
  for (const server of servers) {
    server.closeAllConnections();
    await new Promise((done) => server.close(done));
  }
  servers = [];
});

async function serve(listener: RequestListener): Promise<string> {
  const server = createServer(listener);
  servers.push(server);
  await new Promise<void>((done) => server.listen(0, "127.0.0.1", done));
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

const LIMITS = { maxBytes: 1000, timeoutMs: 300 };
const inside = guardedFetch(httpExchange(), { ...LIMITS, allowPrivate: true });
const reasonOf = (asked: Promise<Response>) =>
  asked.then(
    () => "answered",
    (error: unknown) => (error instanceof OutboundError ? error.reason : error),
  );

describe("asking a server that somebody else named", () => {
  test("sends what it is given and answers what came back", async () => {
    const url = await serve(async (request, response) => {
      let body = "";
      for await (const part of request) body += part;
      response.writeHead(201, { "content-type": "application/json", "x-a": "1" });
      response.end(
        JSON.stringify({ method: request.method, body, type: request.headers["content-type"] }),
      );
    });
    const answer = await inside(`${url}/x`, {
      method: "POST",
      headers: { "content-type": "application/x-www-form-urlencoded" },
      body: new URLSearchParams({ a: "b c" }),
    });
    expect([answer.status, answer.headers.get("x-a")]).toEqual([201, "1"]);
    expect(await answer.json()).toEqual({
      method: "POST",
      body: "a=b+c",
      type: "application/x-www-form-urlencoded",
    });
  });

  test("follows no redirect, so that nobody leads it elsewhere", async () => {
    const secret = await serve((_, response) => response.end("inside"));
    const url = await serve((_, response) => response.writeHead(302, { location: secret }).end());
    const answer = await inside(url);
    expect([answer.status, answer.headers.get("location")]).toEqual([302, secret]);
  });

  test("gives up on an answer that does not come, does not end, or is too large", async () => {
    expect(await reasonOf(inside(await serve(() => {})))).toBe("timeout");
    const dripping = await serve((_, response) => {
      response.write("x");
    });
    expect(await reasonOf(inside(dripping))).toBe("timeout");
    const large = await serve((_, response) => response.end("x".repeat(1001)));
    expect(await reasonOf(inside(large))).toBe("too_large");
    expect(await reasonOf(inside("http://127.0.0.1:1/"))).toBe("network");
  });

  test("asks nobody inside the network, by address or by a name that leads there (SSRF)", async () => {
    let asked = 0;
    const url = await serve((_, response) => {
      asked += 1;
      response.end();
    });
    const { port } = new URL(url);
    const names: [string, string[]][] = [
      ["inside.example.com", ["127.0.0.1"]],
      ["mixed.example.com", ["93.184.216.34", "10.0.0.1"]],
      ["six.example.com", ["::1"]],
      ["none.example.com", []],
    ];
    const resolve = ((name: string, _: object, done: (...answer: unknown[]) => void) => {
      const addresses = names.find(([each]) => each === name)?.[1] ?? [];
      done(
        null,
        addresses.map((address) => ({ address, family: address.includes(":") ? 6 : 4 })),
      );
    }) as unknown as typeof lookup;
    const outside = guardedFetch(httpExchange(resolve), { ...LIMITS, allowPrivate: false });
    for (const [name] of names) {
      expect([name, await reasonOf(outside(`https://${name}:${port}/`))]).toEqual([
        name,
        "refused",
      ]);
    }
    for (const text of [url, `https://127.0.0.1:${port}`, "https://localhost", "nonsense"]) {
      expect([text, await reasonOf(outside(text))]).toEqual([text, "refused"]);
    }
    expect(asked).toBe(0);
  });
});
