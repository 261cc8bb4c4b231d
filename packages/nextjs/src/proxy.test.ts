import { beforeEach, describe, expect, it, vi } from "vitest";
import {
  APP,
  createSessionServer,
  FAULTS,
  type SessionServer,
} from "../test-support/session-server.ts";
import { createSite, forwarded, type Site } from "../test-support/site.ts";
import { TokenRefreshError } from "./errors.ts";
import { createProxy } from "./proxy.ts";
import { proxySession } from "./proxy-session.ts";

let server: SessionServer;
let site: Site;
const protectedSite = {
  middlewareAuth: { enabled: true, unauthenticatedPaths: ["/", "/blog/:path*"] },
};

beforeEach(async () => {
  server = await createSessionServer();
  site = createSite(server);
});

const isNext = (answer: Response) => answer.headers.get("x-middleware-next") === "1";
const setNames = (answer: Response) =>
  answer.headers.getSetCookie().map((line) => line.split("=")[0]);

describe("a page that needs the user", () => {
  it.each(["/", "/blog", "/blog/2026/11", "/callback"])("is not %s", async (path) => {
    expect(isNext(await site.proxy(site.request(path), protectedSite))).toBe(true);
  });

  it("sends who is signed out by way of the callback; no cookie is spent on it", async () => {
    const answer = await site.proxy(site.request("/notes"), protectedSite);
    expect(answer.status).toBe(307);
    expect(answer.headers.get("location")).toMatch(`${APP}/callback?start=`);
    expect(answer.headers.getSetCookie()).toEqual([]);
    const posted = await site.proxy(site.request("/notes", {}, "POST"), protectedSite);
    expect(posted.status).toBe(303);
  });

  it("refuses what is no navigation with words, so that no fetch runs to another site", async () => {
    for (const headers of [{ "next-action": "x" }, { "sec-fetch-mode": "cors" }]) {
      const answer = await site.proxy(site.request("/notes", headers), protectedSite);
      expect([answer.status, answer.headers.get("content-type")]).toEqual([401, "text/plain"]);
    }
  });

  it("lets who is signed in by", async () => {
    await site.signIn();
    expect(isNext(await site.proxy(site.request("/notes"), protectedSite))).toBe(true);
  });

  it.each(Object.keys(FAULTS))(
    "is 503 with a token that is over while the server answers %s (R5)",
    async (name) => {
      await site.signIn();
      server.pass(901);
      server.fail(FAULTS[name] as never);
      const answer = await site.proxy(site.request("/notes"), protectedSite);
      expect(answer.status).toBe(503);
      expect(answer.headers.get("retry-after")).toBe("1");
      expect(await answer.text()).toContain("You are not signed out");
      expect(site.jar.has("wos-session")).toBe(true);
      expect(isNext(await site.proxy(site.request("/"), protectedSite))).toBe(true);
      server.recover();
      server.pass(10);
      expect(isNext(await site.proxy(site.request("/notes"), protectedSite))).toBe(true);
    },
  );

  it.each(Object.keys(FAULTS))(
    "goes on with a token that is about to end while the server answers %s",
    async (name) => {
      await site.signIn();
      server.pass(880);
      server.fail(FAULTS[name] as never);
      expect(isNext(await site.proxy(site.request("/notes"), protectedSite))).toBe(true);
      expect(site.jar.has("wos-session")).toBe(true);
    },
  );

  it("knows its callback also below a basePath and at another redirect URI", async () => {
    const redirectUri = `${APP}/auth/back`;
    const options = { ...protectedSite, redirectUri };
    expect(isNext(await site.proxy(site.request("/auth/back"), options))).toBe(true);
    const answer = await site.proxy(site.request("/notes"), options);
    expect(answer.headers.get("location")).toMatch(`${redirectUri}?start=`);
  });

  it("leaves the options as they were given", async () => {
    const paths = Object.freeze(["/"]) as unknown as string[];
    const options = { middlewareAuth: { enabled: true, unauthenticatedPaths: paths } };
    expect(isNext(await site.proxy(site.request("/callback"), options))).toBe(true);
  });

  it("cannot be named by a glob that is none", () => {
    const options = { middlewareAuth: { enabled: true, unauthenticatedPaths: ["/(a"] } };
    expect(() => createProxy(site.proxyPorts, options)).toThrow(/unauthenticatedPaths has "\/\(a"/);
    expect(() => createProxy(site.proxyPorts, { signUpPaths: ["/:"] })).toThrow(/signUpPaths/);
  });
});

describe("what the proxy tells the app", () => {
  it("is where, and that it was there; never what a client wrote", async () => {
    const forged = {
      "x-url": "https://evil.example/",
      "x-workos-session": "x",
      "x-workos-else": "y",
      "x-sign-up-paths": "/notes",
    };
    const answer = await site.proxy(site.request("/notes?a=1&_rsc=x", forged), {
      signUpPaths: ["/plans", "/über"],
    });
    const headers = forwarded(answer);
    expect(headers.get("x-url")).toBe(`${APP}/notes?a=1`);
    expect(headers.get("x-workos-middleware")).toBe("true");
    expect(headers.get("x-redirect-uri")).toBe(`${APP}/callback`);
    expect(headers.has("x-sign-up-paths")).toBe(false);
    expect(headers.has("x-workos-session")).toBe(false);
    expect(headers.has("x-workos-else")).toBe(false);
  });

  it("is that a sign-in begins with the sign-up form here", async () => {
    const options = { signUpPaths: ["/plans/:path*", "/über"] };
    for (const path of ["/plans/free", "/%C3%BCber"]) {
      const answer = await site.proxy(site.request(path), options);
      expect(forwarded(answer).get("x-sign-up-paths")).toBe(path);
    }
  });

  it("is the address byte for byte", async () => {
    const path = "/notes?a=%20b&c&d=%2F";
    const answer = await site.proxy(site.request(path));
    expect(forwarded(answer).get("x-url")).toBe(APP + path);
  });

  it("does not go to the browser", async () => {
    await site.signIn();
    const answer = await site.proxy(site.request("/"));
    for (const name of ["x-url", "x-workos-middleware", "x-redirect-uri"]) {
      expect(answer.headers.has(name)).toBe(false);
    }
  });
});

describe("caches (R8)", () => {
  it("keep nothing that came with a session, with an Authorization, or sets a cookie", async () => {
    await site.signIn();
    const signedIn = await site.proxy(site.request("/"));
    site.jar.set("wos-session", "garbage");
    const garbage = await site.proxy(site.request("/"));
    site.jar.clear();
    const token = await site.proxy(site.request("/", { authorization: "Bearer x" }));
    const redirect = await site.proxy(site.request("/notes"), protectedSite);
    for (const answer of [signedIn, garbage, token, redirect]) {
      for (const name of [
        "cache-control",
        "cdn-cache-control",
        "vercel-cdn-cache-control",
        "surrogate-control",
      ]) {
        expect(answer.headers.get(name)).toBe("private, no-store");
      }
      expect(answer.headers.get("vary")).toContain("Cookie");
      expect(answer.headers.get("x-middleware-cache")).toBe("no-cache");
    }
  });

  it("keep what nobody's session touches", async () => {
    const answer = await site.proxy(site.request("/"));
    expect(answer.headers.get("cache-control")).toBeNull();
  });
});

describe("eager auth", () => {
  const eager = { eagerAuth: true };

  it("hands the token over for 30 s, at the whole site, on page loads", async () => {
    await site.signIn();
    const answer = await site.proxy(site.request("/"), eager);
    const line = answer.headers
      .getSetCookie()
      .find((each) => each.startsWith("workos-access-token="));
    expect(line).toMatch(
      /^workos-access-token=eyJ[^;]+; Path=\/; Max-Age=30; SameSite=Lax; Secure$/,
    );
  });

  it.each([
    [{ accept: "*/*" }, "GET"],
    [{ rsc: "1" }, "GET"],
    [{ "next-router-prefetch": "1" }, "GET"],
    [{ "sec-purpose": "prefetch;prerender" }, "GET"],
    [{ "sec-fetch-dest": "iframe" }, "GET"],
    [{}, "POST"],
  ])("does not on anything else: %o %s", async (headers, method) => {
    await site.signIn();
    const answer = await site.proxy(site.request("/", headers as never, method), eager);
    expect(setNames(answer)).not.toContain("workos-access-token");
  });

  it("is off unless asked for, and takes the token back when the session is over", async () => {
    await site.signIn();
    expect(setNames(await site.proxy(site.request("/")))).toEqual([]);
    await site.proxy(site.request("/"), eager);
    expect(site.jar.has("workos-access-token")).toBe(true);
    server.end();
    server.pass(901);
    await site.proxy(site.request("/"), eager);
    expect([...site.jar.keys()]).toEqual([]);
  });
});

describe("refreshes", () => {
  it("are one for eight parallel requests, and all are signed in", async () => {
    await site.signIn();
    server.pass(901);
    const requests = Array.from({ length: 8 }, () => site.request("/notes"));
    const answers = await Promise.all(
      requests.map((request) => site.proxy(request, protectedSite)),
    );
    expect(answers.map(isNext)).toEqual(Array(8).fill(true));
    expect(server.calls).toHaveLength(2);
  });

  it("begin as early as asked, and are told of", async () => {
    await site.signIn();
    const onSessionRefreshSuccess = vi.fn();
    const onSessionRefreshError = vi.fn();
    const listeners = { onSessionRefreshSuccess, onSessionRefreshError };
    server.pass(500);
    await site.proxy(site.request("/"), { refreshBufferSeconds: 600, ...listeners });
    expect(onSessionRefreshSuccess.mock.lastCall?.[0]).toMatchObject({ user: { id: "user_01" } });
    server.fail(FAULTS["429"] as never);
    server.pass(901);
    await site.proxy(site.request("/"), listeners);
    const [told] = onSessionRefreshError.mock.lastCall ?? [];
    expect(told.error).toBeInstanceOf(TokenRefreshError);
    expect(told.isTransient).toBe(true);
    server.recover();
    server.end();
    server.pass(10);
    await site.proxy(site.request("/"), listeners);
    expect(onSessionRefreshError.mock.lastCall?.[0]).toMatchObject({ isTransient: false });
  });

  it("end the session only by the server's word, and then its cookie", async () => {
    await site.signIn();
    server.end();
    server.pass(901);
    const answer = await site.proxy(site.request("/notes"), protectedSite);
    expect(answer.status).toBe(307);
    expect(site.jar.has("wos-session")).toBe(false);
  });

  it("go on though a listener fails", async () => {
    await site.signIn();
    server.pass(901);
    const onSessionRefreshSuccess = () => Promise.reject(new Error("no"));
    const answer = await site.proxy(site.request("/"), { onSessionRefreshSuccess, debug: true });
    expect(isNext(answer)).toBe(true);
    expect(site.logs.join("\n")).toMatch(
      /signed_in session_0, a refresh was tried[\s\S]*failed: no/,
    );
  });
});

it("what a newer server adds to its answers never gets into the cookie", async () => {
  await site.signIn();
  server.pass(901);
  await site.proxy(site.request("/"));
  expect(site.jar.get("wos-session")?.length).toBeLessThan(1_200);
});

it("authkit() answers for a proxy of one's own", async () => {
  const anonymous = await proxySession(site.proxyPorts, site.request("/notes"), {});
  expect(anonymous).toMatchObject({ session: { user: null } });
  expect(anonymous.authorizationUrl).toMatch(`${APP}/callback?start=`);
  await site.signIn();
  const known = await proxySession(site.proxyPorts, site.request("/notes"), {});
  expect(known.session).toMatchObject({
    user: { email: "ada@example.com" },
    sessionId: "session_0",
  });
  expect(known.authorizationUrl).toBeUndefined();
  server.pass(901);
  server.fail(FAULTS.away as never);
  const away = await proxySession(site.proxyPorts, site.request("/notes"), {});
  expect(away).toMatchObject({ session: { user: null, unavailable: true }, retryAfter: 1 });
});
