import { describe, expect, it } from "vitest";
import { createLatchkeyBackend, type LatchkeyBackendOptions } from "./index.ts";

const valid = { appId: "cm0app00000000000000000a1", serverUrl: "https://privy.example.com" };
const create = (options: object) =>
  createLatchkeyBackend({ ...valid, ...options } as LatchkeyBackendOptions);

describe("options that cannot work are a TypeError that names them", () => {
  it.each([
    [{ appId: undefined }, /appId is missing/],
    [{ appId: "" }, /appId is missing/],
    [{ serverUrl: undefined }, /serverUrl is missing/],
    [{ serverUrl: "privy.example.com" }, /serverUrl must be an http\(s\) URL.*privy\.example\.com/],
    [{ serverUrl: "ftp://privy.example.com" }, /serverUrl must be an http\(s\) URL/],
    [{ serverUrl: "https://user:pass@privy.example.com" }, /no credentials/],
    [{ serverUrl: "https://privy.example.com/?a=b" }, /no credentials, query/],
    [{ cookiePrefix: "" }, /cookiePrefix must be 1 to 32 letters/],
    [{ cookiePrefix: "__Host-a" }, /cookiePrefix/],
    [{ cookieName: "" }, /cookieName must be a cookie name/],
    [{ cookieName: "a=b" }, /cookieName/],
    [{ sessionCookieName: "a;b" }, /sessionCookieName/],
    [{ clockToleranceSeconds: -1 }, /clockToleranceSeconds must be a number from 0 to 300/],
    [{ clockToleranceSeconds: Number.NaN }, /clockToleranceSeconds/],
    [{ cacheSize: 1.5 }, /cacheSize must be a whole number/],
    [{ cacheSize: -1 }, /cacheSize/],
    [{ cacheSize: Number.POSITIVE_INFINITY }, /cacheSize/],
    [{ now: 5 }, /now must be a function/],
    [{ fetch: "fetch" }, /fetch must be a function/],
    [{ jwks: { timeoutMs: 0 } }, /jwks\.timeoutMs/],
    [{ jwks: { onRefreshError: "log" } }, /jwks\.onRefreshError must be a function/],
    [{ verificationKey: 5 }, /verificationKey must be text/],
    [{ verificationKey: "" }, /EC P-256 public key/],
    [{ verificationKey: "-----BEGIN PRIVATE KEY-----" }, /EC P-256 public key/],
  ])("%j", (options, message) => {
    expect(() => create(options)).toThrow(TypeError);
    expect(() => create(options)).toThrow(message);
  });

  it("a prefix names both cookies, and a name given wins over it", () => {
    expect(create({ cookiePrefix: "acme", sessionCookieName: "s" })).toMatchObject({
      cookieNames: { accessToken: "acme-token", sessionHint: "s" },
    });
  });

  it("none at all", () => {
    const bare = createLatchkeyBackend as (options?: unknown) => unknown;
    expect(() => bare()).toThrow(/appId is missing/);
  });
});

it.each(["https://privy.example.com", "https://privy.example.com/", "https://example.com/auth//"])(
  "asks for the JWKS of the app under %s",
  async (serverUrl) => {
    const asked: string[] = [];
    const fetch = async (input: string | URL | Request) => {
      asked.push(String(input));
      return new Response(null, { status: 500 });
    };
    const now = 1_800_000_000;
    const claims = {
      sid: "s",
      sub: "did:privy:x",
      iss: "privy.io",
      aud: "a/b",
      iat: now,
      exp: now,
    };
    const part = (value: object) => Buffer.from(JSON.stringify(value)).toString("base64url");
    const header = { alg: "ES256", typ: "JWT", kid: "k" };
    const token = `${part(header)}.${part(claims)}.${"A".repeat(86)}`;
    const backend = createLatchkeyBackend({ appId: "a/b", serverUrl, fetch });
    expect((await backend.verifyAccessToken(token)).status).toBe("unavailable");
    expect(asked).toEqual([`${serverUrl.replace(/\/+$/, "")}/api/v1/apps/a%2Fb/jwks.json`]);
  },
);
