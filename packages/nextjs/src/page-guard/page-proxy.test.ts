import { NextRequest, NextResponse } from "next/server";
import { beforeAll, describe, expect, it } from "vitest";
import { createLatchkeyBackend, createPageProxy, type PageProxyOptions } from "./index.ts";

const APP = "https://app.example.com";
const SESSION_HOST = "https://privy.example.com";
const USER = "did:privy:cm0user000000000000000001";
const NAVIGATION = {
  accept: "text/html,*/*",
  "sec-fetch-mode": "navigate",
  "sec-fetch-dest": "document",
  "sec-fetch-site": "same-origin",
};
const FETCH = { accept: "*/*", "sec-fetch-mode": "cors", "sec-fetch-dest": "empty" };
const HINT = "privy-session=t";

let token: string;
let options: PageProxyOptions;

beforeAll(async () => {
  const algorithm = { name: "ECDSA", namedCurve: "P-256" };
  const { privateKey, publicKey } = await crypto.subtle.generateKey(algorithm, true, [
    "sign",
    "verify",
  ]);
  const spki = Buffer.from(await crypto.subtle.exportKey("spki", publicKey)).toString("base64");
  const now = Math.floor(Date.now() / 1_000);
  const claims = { iss: "privy.io", aud: "app-1", sub: USER, sid: "s1", iat: now, exp: now + 3600 };
  const encode = (part: object) => Buffer.from(JSON.stringify(part)).toString("base64url");
  const head = `${encode({ alg: "ES256", typ: "JWT", kid: "k1" })}.${encode(claims)}`;
  const signer = { name: "ECDSA", hash: "SHA-256" };
  const signature = await crypto.subtle.sign(signer, privateKey, Buffer.from(head));
  token = `${head}.${Buffer.from(signature).toString("base64url")}`;
  options = {
    backend: createLatchkeyBackend({
      appId: "app-1",
      verificationKey: `-----BEGIN PUBLIC KEY-----\n${spki}\n-----END PUBLIC KEY-----`,
    }),
    sessionHost: SESSION_HOST,
    signInPage: "/sign-in",
    guardedPaths: ["/account/:path*"],
  };
});

async function ask(path: string, cookie = "", more: Record<string, string> = NAVIGATION) {
  const headers = { ...more, ...(cookie && { cookie }) };
  return createPageProxy(options)(new NextRequest(new URL(path, APP), { headers }));
}

const isNext = (answer: Response) => answer.headers.get("x-middleware-next") === "1";

describe("the middleware for cookies that the server sets", () => {
  it("lets a visitor with a valid token by, and caches stay away (R8)", async () => {
    const answer = await ask("/account", `privy-token=${token}; ${HINT}`);
    expect(isNext(answer)).toBe(true);
    expect(answer.headers.get("cache-control")).toBe("private, no-store");
    expect(answer.headers.get("vary")).toContain("Cookie");
    expect(answer.headers.get("x-middleware-cache")).toBe("no-cache");
  });

  it("renews first where there is a session without a token", async () => {
    const answer = await ask("/notes?id=7", HINT);
    expect(answer.status).toBe(303);
    expect(answer.headers.get("location")).toMatch(`${SESSION_HOST}/session/refresh?redirect_uri=`);
    expect(answer.headers.get("cache-control")).toBe("private, no-store");
  });

  it("renders what nobody is known at, and sends a guarded page's visitor to sign in", async () => {
    expect(isNext(await ask("/notes"))).toBe(true);
    const answer = await ask("/account/keys?tab=2");
    expect([answer.status, answer.headers.get("location")]).toEqual([
      303,
      // Whole: Next refuses an address of which it sees only the path.
      `${APP}/sign-in?redirect_uri=%2Faccount%2Fkeys%3Ftab%3D2`,
    ]);
  });

  it.each(["/%61ccount", "/account/", "/account/%2e%2e%2fx"])(
    "guards %s, however it is written (ASVS 8.2.1)",
    async (path) => {
      expect((await ask(path)).headers.get("location")).toMatch(`${APP}/sign-in?`);
    },
  );

  it("says 401 refresh_required to what is no navigation", async () => {
    for (const path of ["/account", "/notes"]) {
      const answer = await ask(path, HINT, FETCH);
      expect(answer.status).toBe(401);
      expect(await answer.json()).toMatchObject({ code: "refresh_required" });
    }
  });

  it("leaves a sign-in under way and the refresh page alone", async () => {
    for (const name of ["privy_oauth_code", "privy_oauth_state", "privy_oauth_provider"]) {
      expect(isNext(await ask(`/account?${name}=x`, HINT))).toBe(true);
    }
    const { sessionHost: _, ...rest } = options;
    const proxy = createPageProxy({ ...rest, refreshPage: "/refresh", guardedPaths: ["/(.*)"] });
    const request = (path: string) =>
      new NextRequest(APP + path, { headers: { ...NAVIGATION, cookie: HINT } });
    expect(isNext(await proxy(request("/refresh?redirect_uri=/notes")))).toBe(true);
    expect((await proxy(request("/notes"))).headers.get("location")).toMatch(`${APP}/refresh?`);
  });

  it("goes on as a proxy of the app's own says, which knows who it is for", async () => {
    const proxy = createPageProxy({
      ...options,
      next: (_request, { session }) =>
        NextResponse.next({ headers: { "x-seen": session?.userId ?? "nobody" } }),
    });
    const headers = { ...NAVIGATION, cookie: `privy-token=${token}` };
    const answer = await proxy(new NextRequest(`${APP}/notes`, { headers }));
    expect([isNext(answer), answer.headers.get("x-seen")]).toEqual([true, USER]);
    expect(answer.headers.get("cache-control")).toBe("private, no-store");
  });

  it("throws a TypeError for options that cannot work", () => {
    expect(() => createPageProxy({ ...options, guardedPaths: ["/(("] })).toThrow(TypeError);
    expect(() => createPageProxy({ ...options, refreshPage: "/refresh" })).toThrow(/either/);
    expect(() => createPageProxy(undefined as never)).toThrow(TypeError);
  });
});
