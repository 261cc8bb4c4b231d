import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { createJar, openSignedIn } from "../../test-support/fake-app-server.ts";
import { expressSession, fastifySession, honoSession, toWebRequest } from "./adapters.ts";
import type { SessionResult } from "./session-result.ts";

let { server, manager, jar } = await openSignedIn();
beforeEach(async () => {
  ({ server, manager, jar } = await openSignedIn());
});

let listening: ReturnType<typeof createServer> | undefined;
afterEach(async () => {
  listening?.closeAllConnections();
  await new Promise((resolve) => listening?.close(resolve) ?? resolve(undefined));
  listening = undefined;
});

type Handler = (req: IncomingMessage & { auth?: SessionResult }, res: ServerResponse) => unknown;

async function get(handler: Handler, cookies = jar): Promise<Response> {
  const http = createServer((req, res) => void handler(req, res));
  listening = http;
  await new Promise<void>((resolve) => http.listen(0, "127.0.0.1", resolve));
  const { port } = http.address() as AddressInfo;
  const { headers } = cookies.request();
  return fetch(`http://127.0.0.1:${port}/`, { headers, redirect: "manual" });
}

describe("on Express and connect", () => {
  it("gives req.auth, sets the cookie beside the app's own, and wins over its cache headers (R8)", async () => {
    server.pass(901);
    const answer = await get((req, res) => {
      res.setHeader("set-cookie", "theme=dark");
      return expressSession(manager)(req, res, () => {
        res.setHeader("cache-control", "public, max-age=600");
        res.setHeader("vary", "Accept-Encoding");
        res.appendHeader("set-cookie", "later=1");
        res.end(req.auth?.status);
      });
    });
    expect(await answer.text()).toBe("signed_in");
    expect(answer.headers.get("cache-control")).toBe("private, no-store");
    expect(answer.headers.get("vary")).toBe("Accept-Encoding, Cookie, Authorization");
    const names = answer.headers.getSetCookie().map((line) => line.split("=")[0]);
    expect(names).toEqual(["theme", "wos-session", "later"]);
  });

  it("answers 503 by itself when nothing can be said (R5)", async () => {
    server.pass(901);
    server.fail(() => Promise.reject(new TypeError("fetch failed")));
    const answer = await get((req, res) =>
      expressSession(manager)(req, res, () => res.end("reached")),
    );
    expect([answer.status, answer.headers.get("retry-after")]).toEqual([503, "1"]);
    expect(answer.headers.getSetCookie()).toEqual([]);
  });
});

describe("on Fastify, which gives its headers to writeHead", () => {
  const reply = (res: ServerResponse) => ({
    raw: res,
    code: (status: number) => {
      res.statusCode = status;
    },
    header: (name: string, value: string) => res.setHeader(name, value),
    send: (body: string) => res.end(body),
  });

  it("gives request.auth and wins over its cache headers (R8)", async () => {
    const answer = await get(async (req, res) => {
      const request: { raw: IncomingMessage; auth?: SessionResult } = { raw: req };
      await fastifySession(manager)(request, reply(res));
      res.writeHead(200, { "Cache-Control": "public", Vary: "Origin" }).end(request.auth?.status);
    });
    expect(await answer.text()).toBe("signed_in");
    expect(answer.headers.get("cache-control")).toBe("private, no-store");
    expect(answer.headers.get("vary")).toBe("Origin, Cookie, Authorization");
  });

  it("answers 503 when nothing can be said (R5)", async () => {
    server.pass(901);
    server.fail(() => Promise.reject(new TypeError("fetch failed")));
    const answer = await get((req, res) => fastifySession(manager)({ raw: req }, reply(res)));
    expect(answer.status).toBe(503);
  });
});

describe("on Hono", () => {
  it("gives the result, and puts its headers over those of the answer (R8)", async () => {
    server.pass(901);
    let auth: SessionResult | undefined;
    const context = {
      req: { raw: jar.request() },
      res: new Response("", { headers: { "cache-control": "public" } }),
      set: (_: "auth", value: SessionResult) => {
        auth = value;
      },
    };
    await honoSession(manager)(context, async () => {});
    expect(auth?.status).toBe("signed_in");
    expect(context.res.headers.get("cache-control")).toBe("private, no-store");
    expect(context.res.headers.getSetCookie()).toHaveLength(1);
  });
});

describe("a request of node:http as a web-standard one", () => {
  it.each([
    ["//evil.example/x", "http://app.example.com//evil.example/x"],
    ["*", "http://app.example.com/"],
    ["http://evil.example/", "http://app.example.com/"],
  ])("asks its own host, whatever stands in its path: %s", (url, expected) => {
    expect(toWebRequest({ url, headers: { host: "app.example.com" } }).url).toBe(expected);
  });

  it("joins Cookie lines and survives a Host that is none", () => {
    const request = toWebRequest({ url: "/", headers: { host: "[", cookie: ["a=1", "b=2"] } });
    expect(request.headers.get("cookie")).toBe("a=1; b=2");
    expect(toWebRequest({ url: "/", headers: {} }).url).toBe("http://localhost/");
  });

  it("throws for no Host that somebody makes up (RFC 9112 section 3.2; ASVS 16.5.3)", () => {
    for (const host of [
      "a@b",
      "a:b@app.example.com",
      "@",
      ":",
      "a b",
      "%",
      "",
      "[::1",
      "a:99999",
    ]) {
      const { origin } = new URL(toWebRequest({ url: "/x", headers: { host } }).url);
      expect(origin).toMatch(/^http:\/\/(localhost|b|app\.example\.com)$/);
    }
  });
});

it("a new browser is signed out everywhere", async () => {
  const answer = await get(
    (req, res) => expressSession(manager)(req, res, () => res.end(req.auth?.status)),
    createJar(),
  );
  expect(await answer.text()).toBe("signed_out");
});
