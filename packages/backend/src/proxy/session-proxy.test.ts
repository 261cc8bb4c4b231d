import { describe, expect, it, test } from "vitest";
import { createSessionProxy } from "./session-proxy.ts";

const options = {
  appId: "cm0app00000000000000000a1",
  appSecret: "lk_secret_x",
  serverUrl: "https://sessions.example.net/",
  origin: "https://app.example.com",
};

function openProxy(answer: (request: Request) => Response | Promise<Response>) {
  const asked: Request[] = [];
  const proxy = createSessionProxy({
    ...options,
    fetch: async (input, init) => {
      const request = new Request(input as string, init);
      asked.push(request);
      return answer(request.clone());
    },
  });
  const call = (path: string, init: RequestInit = {}) =>
    proxy.handle(new Request(`https://app.example.com${path}`, init));
  return { proxy, asked, call };
}

const json = (body: object, headers: HeadersInit = {}) => Response.json(body, { headers });

describe("the session proxy", () => {
  it("passes a call on with what it needs, and proves whose cookies they are", async () => {
    const { asked, call } = openProxy(() => json({}));
    await call("/__session/api/v1/sessions?x=1", {
      method: "POST",
      body: '{"refresh_token":"deprecated"}',
      headers: {
        "content-type": "application/json",
        origin: "https://app.example.com",
        "sec-fetch-site": "same-origin",
        "privy-app-id": options.appId,
        authorization: "Bearer a.b.c",
        cookie: "privy-refresh-token=lk1; cart=7; __Host-latchkey-prelogin=p; wos-session=secret",
        "x-latchkey-proxy-base": "https://evil.test/",
        "x-forwarded-for": "203.0.113.7",
      },
    });
    const [request] = asked as [Request];
    expect(request.url).toBe("https://sessions.example.net/api/v1/sessions?x=1");
    expect(await request.text()).toBe('{"refresh_token":"deprecated"}');
    expect(Object.fromEntries(request.headers)).toEqual({
      "content-type": "application/json",
      origin: "https://app.example.com",
      "x-latchkey-proxy-sec-fetch-site": "same-origin",
      "privy-app-id": options.appId,
      authorization: "Bearer a.b.c",
      cookie: "privy-refresh-token=lk1; __Host-latchkey-prelogin=p",
      "x-latchkey-proxy-base": "https://app.example.com/__session",
      "x-latchkey-proxy-authorization": `Basic ${btoa(`${options.appId}:${options.appSecret}`)}`,
    });
  });

  it("passes the cookies on that the app named itself, and none that merely looks like one", async () => {
    const asked: (string | null)[] = [];
    const proxy = createSessionProxy({
      ...options,
      cookiePrefix: "acme",
      fetch: async (_input, init) => {
        asked.push(new Headers(init?.headers).get("cookie"));
        return json({});
      },
    });
    const cookie = "acme-refresh-token=lk1; acme-cart=7; acme-session=t";
    const url = "https://app.example.com/__session/api/v1/sessions";
    await proxy.handle(new Request(url, { method: "POST", body: "{}", headers: { cookie } }));
    expect(asked).toEqual(["acme-refresh-token=lk1; acme-session=t"]);
    expect(() => createSessionProxy({ ...options, cookiePrefix: "a b" })).toThrow(TypeError);
  });

  it("gives back every cookie, the way on, and nothing that a cache keeps (R8)", async () => {
    const { call } = openProxy(() => {
      const headers = new Headers({
        location: "https://app.example.com/notes",
        "x-powered-by": "x",
      });
      headers.append("set-cookie", "privy-token=a; Path=/; HttpOnly");
      headers.append("set-cookie", "privy-refresh-token=b; Path=/__session; HttpOnly");
      headers.set("access-control-allow-origin", "https://app.example.com");
      headers.set("cache-control", "public, max-age=60");
      return new Response(null, { status: 303, headers });
    });
    const answer = await call("/__session/session/refresh?redirect_uri=x");
    expect(answer?.status).toBe(303);
    expect(answer?.headers.getSetCookie()).toHaveLength(2);
    expect(answer?.headers.get("location")).toBe("https://app.example.com/notes");
    expect(answer?.headers.get("cache-control")).toBe("private, no-store");
    expect(answer?.headers.has("access-control-allow-origin")).toBe(false);
  });

  test.each([
    "/__session",
    "/__session/",
    "/__session/api/v1/users",
    "/__session/api/v1/users/did:privy:x",
    "/__session/api/v1/apps/a/allowlist",
    "/__session/api/v1/../../user_management/users",
    "/__session/api/v1/sessions%2f..%2f..%2fusers",
    "/__session//evil.test/api/v1/sessions",
    "/__session/dev/credentials",
    "/__session/healthz",
  ])("passes nothing on but what pages call: %s", async (path) => {
    const { asked, call } = openProxy(() => json({}));
    const answer = await call(path);
    // What leaves the path is another handler's.
    if (answer !== null) expect(answer.status).toBe(404);
    expect(asked).toEqual([]);
  });

  it("leaves everything else to the app", async () => {
    const { call } = openProxy(() => json({}));
    for (const path of ["/", "/__sessions", "/notes/__session/api/v1/sessions"]) {
      expect(await call(path)).toBeNull();
    }
  });

  it("never takes the server's absence for an answer about a session (R5)", async () => {
    const { call } = openProxy(() => {
      throw new TypeError("fetch failed");
    });
    const answer = await call("/__session/api/v1/sessions", { method: "POST", body: "{}" });
    expect(answer?.status).toBe(503);
    expect(await answer?.json()).toMatchObject({ code: "session_server_unreachable" });
    expect(answer?.headers.getSetCookie()).toEqual([]);
  });

  it("takes no body that the server would refuse for its size", async () => {
    const { asked, call } = openProxy(() => json({}));
    const body = "x".repeat(64 * 1024 + 1);
    const answer = await call("/__session/api/v1/sessions", { method: "POST", body });
    expect(answer?.status).toBe(413);
    expect(asked).toEqual([]);
  });

  it("reads no more of an endless body than it may pass on (CWE-770)", async () => {
    const { asked, call } = openProxy(() => json({}));
    let sent = 0;
    const body = new ReadableStream<Uint8Array>({
      pull(controller) {
        sent += 16 * 1024;
        controller.enqueue(new Uint8Array(16 * 1024));
      },
    });
    const init = { method: "POST", body, duplex: "half" } as RequestInit;
    const answer = await call("/__session/api/v1/sessions", init);
    expect(answer?.status).toBe(413);
    expect(sent).toBeLessThan(256 * 1024);
    expect(asked).toEqual([]);
  });
});

test.each([
  [{ appSecret: "" }, /appSecret/],
  [{ path: "__session" }, /path must be/],
  [{ path: "/" }, /path must be/],
  [{ origin: "http://app.example.com" }, /https/],
  [{ origin: "app.example.com" }, /origin must be/],
  [{ serverUrl: "https://sessions.example.net/api" }, /serverUrl must be/],
])("options that cannot work throw a TypeError: %j", (given, words) => {
  expect(() => createSessionProxy({ ...options, ...given })).toThrow(words);
});
