import { answerReason, type RefreshReason } from "@latchkey/core/cookies/refresh-reason";
import fc from "fast-check";
import { beforeEach, describe, expect, it, test } from "vitest";
import {
  createSessionServer,
  HOUR,
  type SessionServer,
  USER_ID,
} from "../../test-support/session-server.ts";
import type { LatchkeyBackend } from "../index.ts";
import { createPageGuard, type PageGuard } from "./page-guard.ts";

const SITE = "https://app.example.com";
const SESSION_HOST = "https://privy.example.com";
const NAVIGATION = {
  accept: "text/html,*/*",
  "sec-fetch-mode": "navigate",
  "sec-fetch-dest": "document",
  "sec-fetch-site": "none",
};
const HINT = "privy-session=t";

let server: SessionServer;
let backend: LatchkeyBackend;
let guard: PageGuard;
let token: string;

beforeEach(async () => {
  server = createSessionServer();
  await server.publish("key-1");
  backend = server.backend();
  const now = () => server.now;
  guard = createPageGuard({ backend, sessionHost: SESSION_HOST, signInPage: "/sign-in", now });
  token = await server.accessToken();
});

const page = (path: string, headers: Record<string, string> = {}, method = "GET") =>
  new Request(SITE + path, { method, headers: { ...NAVIGATION, ...headers } });

describe("a page", () => {
  it("of a signed-in user goes on, verified and not only present", async () => {
    const found = await guard.check(page("/notes", { cookie: `privy-token=${token}` }));
    expect(found).toMatchObject({
      status: "signed_in",
      session: { userId: USER_ID },
      response: null,
    });
    const forged = await guard.check(page("/notes", { cookie: `privy-token=${token}x` }));
    expect(forged.status).toBe("unknown");
  });

  it("asked for with a Host that is none is answered like every other (ASVS 16.5.3)", async () => {
    for (const host of ["[", "a b", ":", "", "%"]) {
      const asked = { method: "GET", url: "/notes", headers: { ...NAVIGATION, host } };
      expect((await guard.check(asked, { guarded: true })).status).toBe("unknown");
    }
  });

  it("whose visitor has a session without a token renews it by one redirect, guarded or not", async () => {
    for (const guarded of [true, false]) {
      const found = await guard.check(page("/notes?id=7", { cookie: HINT }), { guarded });
      expect(found.status).toBe("maybe");
      expect(found.response?.status).toBe(303);
      const location = new URL(found.response?.headers.get("location") ?? "");
      expect(location.origin + location.pathname).toBe(`${SESSION_HOST}/session/refresh`);
      expect(location.searchParams.get("redirect_uri")).toBe(
        `${SITE}/notes?id=7&latchkey_refresh=sent.${server.now / 1000}`,
      );
      expect(found.response?.headers.get("cache-control")).toBe("private, no-store");
    }
  });

  it("is known from req of node:http too, whose address is a path", async () => {
    const asked = (more: object) => ({
      method: "GET",
      url: "/notes?id=7",
      headers: { ...NAVIGATION, host: "app.example.com", cookie: HINT },
      ...more,
    });
    for (const more of [{}, { url: "/", originalUrl: "/notes?id=7" }]) {
      const { response } = await guard.check(asked(more));
      const location = new URL(response?.headers.get("location") ?? "");
      expect(location.searchParams.get("redirect_uri")).toContain(`${SITE}/notes?id=7&`);
    }
    expect((await guard.check(asked({ method: "POST" }))).response?.status).toBe(401);
    const twoSlashes = await guard.check(asked({ url: "//evil.test/x" }));
    const location = new URL(twoSlashes.response?.headers.get("location") ?? "");
    expect(location.searchParams.get("redirect_uri")).toMatch(/^https:\/\/app\.example\.com\//);
  });

  it("names the app client, and the origin that browsers see behind a proxy", async () => {
    const behind = createPageGuard({
      backend,
      sessionHost: `${SESSION_HOST}/`,
      origin: SITE,
      clientId: "client-1",
    });
    const request = new Request("http://10.0.0.7:3000/notes", {
      headers: { ...NAVIGATION, cookie: HINT },
    });
    const { response } = await behind.check(request);
    const location = new URL(response?.headers.get("location") ?? "");
    expect(location.searchParams.get("redirect_uri")).toContain(`${SITE}/notes?`);
    expect(location.searchParams.get("client_id")).toBe("client-1");
  });

  it("renews on a page of the app where that is the way", async () => {
    const way = createPageGuard({ backend, refreshPage: "/refresh" });
    const { response } = await way.check(page("/notes?id=7", { cookie: HINT }));
    expect(response?.headers.get("location")).toMatch(
      /^\/refresh\?redirect_uri=%2Fnotes%3Fid%3D7%26latchkey_refresh%3Dsent\.\d+$/,
    );
    expect((await way.check(page("/refresh", { cookie: HINT }))).response).toBeNull();
  });

  it("nobody knows about is rendered, and the client decides", async () => {
    expect(await guard.check(page("/"))).toEqual({
      status: "unknown",
      session: null,
      response: null,
    });
  });

  it.each(["privy_oauth_code", "privy_oauth_state", "privy_oauth_provider"])(
    "with %s in its address passes untouched",
    async (name) => {
      for (const cookie of [HINT, ""]) {
        const request = page(`/notes?${name}=x`, { cookie });
        expect((await guard.check(request, { guarded: true })).response).toBeNull();
      }
    },
  );
});

describe("a guarded page", () => {
  const check = (path: string, headers: Record<string, string> = {}) =>
    guard.check(page(path, headers), { guarded: true });

  it("sends a visitor without a session to sign in, with the wish kept", async () => {
    const { response } = await check("/notes?id=7");
    expect(response?.status).toBe(303);
    expect(response?.headers.get("location")).toBe("/sign-in?redirect_uri=%2Fnotes%3Fid%3D7");
  });

  it("reached from another site is first loaded again from its own, without a script", async () => {
    const { response } = await check('/notes?q="><script>', { "sec-fetch-site": "cross-site" });
    expect(response?.status).toBe(200);
    const html = (await response?.text()) ?? "";
    expect(html).toContain('http-equiv="refresh" content="0;url=/notes?');
    expect(html).not.toContain("<script");
    expect(response?.headers.get("content-security-policy")).toContain("default-src 'none'");
    const bounced = `/notes?latchkey_refresh=bounced.${server.now / 1000}`;
    const again = await check(bounced, { "sec-fetch-site": "same-origin" });
    expect(again.response?.headers.get("location")).toBe("/sign-in?redirect_uri=%2Fnotes");
    const renewing = await check(bounced, { cookie: HINT, "sec-fetch-site": "same-origin" });
    expect(renewing.response?.headers.get("location")).toContain("/session/refresh?");
  });

  it("never leads to another host by its path", async () => {
    const { response } = await check("//evil.test/x", { "sec-fetch-site": "cross-site" });
    expect(await response?.text()).toContain('content="0;url=/evil.test/x?');
    const second = await check("//evil.test/x");
    expect(second.response?.headers.get("location")).toBe("/sign-in?redirect_uri=%2Fevil.test%2Fx");
  });

  it("is not loaded again under Lax, whose cookies came along", async () => {
    const lax = createPageGuard({
      backend,
      sessionHost: SESSION_HOST,
      signInPage: "/sign-in",
      sameSite: "lax",
    });
    const request = page("/notes", { "sec-fetch-site": "cross-site" });
    const { response } = await lax.check(request, { guarded: true });
    expect(response?.headers.get("location")).toContain("/sign-in?");
  });

  it.each([
    ["signed_out", HINT, 303],
    ["signed_out", "", 303],
    ["renewed", "", 303],
    ["renewed", HINT, 503],
    ["unavailable", HINT, 503],
    ["unavailable", "", 503],
    ["unknown", HINT, 503],
    ["sent", HINT, 503],
  ])("after the answer %s with the cookie %j: %i", async (reason, cookie, status) => {
    const at = `/notes?latchkey_refresh=${reason}.${server.now / 1000}`;
    const { response } = await check(at, { cookie });
    expect(response?.status).toBe(status);
    if (status === 503) expect(await response?.text()).toContain('href="/notes"');
  });

  it("with an address kept from an earlier detour renews again", async () => {
    const at = `/notes?latchkey_refresh=renewed.${server.now / 1000 - 3600}`;
    const { response } = await check(at, { cookie: HINT });
    expect(response?.headers.get("location")).toContain("/session/refresh?");
  });
});

describe("an app with its own cookie names", () => {
  it("is known, renewed and rid of twins by these", async () => {
    const named = createPageGuard({
      backend: server.backend({ cookiePrefix: "acme" }),
      sessionHost: SESSION_HOST,
      now: () => server.now,
    });
    const ask = (cookie: string) => named.check(page("/notes", { cookie }), { guarded: true });
    expect((await ask(`acme-token=${token}`)).status).toBe("signed_in");
    expect((await ask(`privy-token=${token}`)).status).toBe("unknown");
    const { response } = await ask(`acme-token=${token}; acme-token=x; acme-session=t`);
    expect(response?.headers.get("location")).toContain("/session/refresh?");
    expect(response?.headers.getSetCookie()).toEqual([expect.stringMatching(/^acme-token=;/)]);
  });
});

describe("two tokens, one left from the time when the page set it", () => {
  it("are sorted out by one renewal, and the one of this host alone goes", async () => {
    const cookie = `privy-token=${token}; privy-token=${token}x; ${HINT}`;
    const { status, response } = await guard.check(page("/notes", { cookie }), { guarded: true });
    expect(status).toBe("maybe");
    expect(response?.headers.get("location")).toContain("/session/refresh?");
    expect(response?.headers.getSetCookie()).toEqual([
      expect.stringMatching(/^privy-token=; Path=\/; Max-Age=0;(?!.*Domain)/),
    ]);
  });

  it("are left alone where the cookies are this host's own", async () => {
    const proxied = createPageGuard({ backend, sessionHost: `${SITE}/__session` });
    const cookie = `privy-token=${token}; privy-token=${token}x; ${HINT}`;
    const { response } = await proxied.check(page("/notes", { cookie }), { guarded: true });
    expect(response?.headers.getSetCookie()).toEqual([]);
  });
});

describe("what is no document navigation", () => {
  test.each([
    ["POST", {}],
    ["HEAD", {}],
    ["GET", { "sec-fetch-dest": "empty", "sec-fetch-mode": "cors" }],
    ["GET", { "sec-fetch-dest": "iframe" }],
    ["GET", { "sec-purpose": "prefetch" }],
    ["GET", { "sec-purpose": "prefetch;prerender" }],
    ["GET", { purpose: "prefetch" }],
    ["GET", { rsc: "1" }],
    ["GET", { "next-router-prefetch": "1" }],
  ])("%s %j gets a typed 401, never a redirect", async (method, headers) => {
    for (const cookie of [HINT, ""]) {
      const request = page("/notes", { ...headers, cookie }, method);
      const { response } = await guard.check(request, { guarded: true });
      expect(response?.status).toBe(401);
      if (method !== "HEAD")
        expect(await response?.json()).toMatchObject({ code: "refresh_required" });
      expect(response?.headers.get("cache-control")).toBe("private, no-store");
    }
  });

  it("is let through to what needs nobody, where nobody may be signed in", async () => {
    expect((await guard.check(page("/contact", {}, "POST"))).response).toBeNull();
  });

  it("is known by Accept where a browser sends no Fetch Metadata", async () => {
    const old = (accept: string) =>
      guard.check(new Request(`${SITE}/notes`, { headers: { accept, cookie: HINT } }));
    expect((await old("text/html")).response?.status).toBe(303);
    expect((await old("application/json")).response?.status).toBe(401);
  });
});

it("signs nobody out while the keys cannot be read (R5)", async () => {
  server.fail(async () => new Response("down", { status: 503 }));
  const cookie = `privy-token=${token}`;
  const guarded = await guard.check(page("/notes", { cookie }), { guarded: true });
  expect(guarded).toMatchObject({ status: "unavailable", response: { status: 503 } });
  expect(await guarded.response?.text()).toContain("You are not signed out");
  const call = page("/notes", { cookie, "sec-fetch-dest": "empty" });
  const refused = await guard.check(call, { guarded: true });
  expect(await refused.response?.json()).toMatchObject({ code: "keys_unavailable" });
  expect((await guard.check(page("/", { cookie }))).response).toBeNull();
});

describe("any visitor, in any weather", () => {
  const world = fc.record({
    session: fc.constantFrom("fresh" as const, "stale" as const, "none" as const),
    sameSite: fc.constantFrom("strict" as const, "lax" as const),
    from: fc.constantFrom("none", "same-site", "cross-site"),
    sessionServer: fc.constantFrom("up" as const, "down" as const),
    cookiesBlocked: fc.boolean(),
    guarded: fc.boolean(),
    fetchMetadata: fc.boolean(),
  });

  it("takes at most one bounce and one renewal, and is sent to sign in only when signed out (R5)", async () => {
    await fc.assert(
      fc.asyncProperty(world, async (given) => {
        const { sameSite, guarded } = given;
        const now = () => server.now;
        const options = { backend, sessionHost: SESSION_HOST, signInPage: "/sign-in", now };
        const here = createPageGuard({ ...options, sameSite });
        const fresh = await server.accessToken();
        const cookies = new Map<string, string>();
        if (given.session !== "none" && !given.cookiesBlocked) cookies.set("privy-session", "t");
        if (given.session === "fresh" && !given.cookiesBlocked) cookies.set("privy-token", fresh);
        let address = new URL(`${SITE}/notes`);
        let site: string = given.from;
        const detours: string[] = [];
        let end = "";
        while (end === "") {
          expect(detours.length).toBeLessThanOrEqual(2);
          const sends = site !== "cross-site" || sameSite === "lax";
          const header = sends ? [...cookies].map((pair) => pair.join("=")).join("; ") : "";
          const { "sec-fetch-site": _, ...rest } = NAVIGATION;
          const headers = {
            ...(given.fetchMetadata
              ? { ...NAVIGATION, "sec-fetch-site": site }
              : { accept: rest.accept }),
            cookie: header,
          };
          const { status, response } = await here.check(new Request(address, { headers }), {
            guarded,
          });
          const location = response?.headers.get("location");
          if (response === null) end = `page ${status}`;
          else if (response.status === 503) end = "unavailable";
          else if (location?.startsWith("/sign-in")) end = "sign in";
          else if (location) {
            detours.push("renewal");
            const hidden = site === "cross-site" && sameSite === "strict";
            const reason: RefreshReason =
              given.sessionServer === "down" ? "unavailable" : hidden ? "unknown" : "renewed";
            if (reason === "renewed") cookies.set("privy-token", fresh);
            const target = new URL(location).searchParams.get("redirect_uri") ?? "";
            address = answerReason(new URL(target), reason);
          } else {
            detours.push("bounce");
            const html = await response.text();
            const [, target = ""] = /content="0;url=([^"]*)"/.exec(html) ?? [];
            address = new URL(target.replaceAll("&amp;", "&"), SITE);
            site = "same-origin";
          }
        }
        expect(new Set(detours).size).toBe(detours.length);
        const isSignedIn = given.session !== "none" && !given.cookiesBlocked;
        if (end === "sign in") expect(isSignedIn).toBe(false);
        if (isSignedIn && guarded && given.sessionServer === "up")
          expect(end).toBe("page signed_in");
        if (guarded) expect(end).not.toBe("page unknown");
      }),
      { numRuns: 300 },
    );
  });

  it("holds for tokens that ran out long ago", async () => {
    server.pass(2 * HOUR);
    const cookie = `privy-token=${token}; ${HINT}`;
    expect((await guard.check(page("/notes", { cookie }))).status).toBe("maybe");
  });
});

test.each([
  [{}, /backend is missing/],
  [{ sessionHost: SESSION_HOST, refreshPage: "/refresh" }, /either sessionHost/],
  [{ sessionHost: undefined }, /either sessionHost/],
  [{ sessionHost: "privy.example.com" }, /must be an origin/],
  [{ sessionHost: `${SESSION_HOST}/session` }, /must be an origin/],
  [{ refreshPage: "//evil.test" }, /must be a path/],
  [{ sessionHost: SESSION_HOST, signInPage: "https://evil.test" }, /must be a path/],
  [{ sessionHost: SESSION_HOST, sameSite: "none" }, /"strict" or "lax"/],
])("options that cannot work throw a TypeError: %j", (options, words) => {
  const given = Object.keys(options).length === 0 ? options : { backend, ...options };
  expect(() => createPageGuard(given as never)).toThrow(words);
  expect(() => createPageGuard(given as never)).toThrow(TypeError);
});
