import fc from "fast-check";
import { describe, expect, it } from "vitest";
import {
  type CookieScope,
  expiredSessionCookies,
  identityTokenCookie,
  sessionCookies,
} from "./session-cookies.ts";
import { createJar } from "./testing/jar.ts";

const SESSION_HOST = "privy.example.com";
const scope: CookieScope = { domain: "example.com", sameSite: "strict", refreshPath: "/" };
const values = {
  accessToken: "eyJ.a.b",
  identityToken: "eyJ.c.d",
  refreshToken: "lk1.k.s.0.9.r.m",
  tokenLife: 3600,
  sessionLife: 2_592_000,
};
const scopes = fc.record({
  domain: fc.constantFrom("example.com", "shop.example.co.uk", null),
  sameSite: fc.constantFrom("strict" as const, "lax" as const),
  refreshPath: fc.constantFrom("/", "/__session"),
});
const lives = fc.integer({ min: -10, max: 1e9 });

describe("the cookies of a session", () => {
  it("are the documented four (ASVS 3.3.1 to 3.3.4)", () => {
    expect(sessionCookies(scope, values)).toEqual([
      "privy-token=eyJ.a.b; Domain=example.com; Path=/; Max-Age=3600; Secure; HttpOnly; SameSite=Strict; Priority=High",
      "privy-session=t; Domain=example.com; Path=/; Max-Age=2592000; Secure; SameSite=Strict; Priority=High",
      "privy-id-token=eyJ.c.d; Domain=example.com; Path=/; Max-Age=3600; Secure; HttpOnly; SameSite=Strict; Priority=High",
      "privy-refresh-token=lk1.k.s.0.9.r.m; Path=/; Max-Age=2592000; Secure; HttpOnly; SameSite=Strict; Priority=High",
    ]);
  });

  it("begin with the app's own prefix where it has one, set and removed alike", () => {
    const own = { ...scope, prefix: "acme" };
    const named = (lines: string[]) => [...new Set(lines.map((line) => line.split("=")[0]))].sort();
    const four = ["acme-id-token", "acme-refresh-token", "acme-session", "acme-token"];
    expect(named(sessionCookies(own, values))).toEqual(four);
    expect(named(expiredSessionCookies(own))).toEqual(four);
  });

  it("show the refresh token to the session host alone, and only the hint to scripts", () => {
    const jar = createJar();
    jar.receive(SESSION_HOST, sessionCookies(scope, values));
    const names = (host: string) => jar.sentTo(host, "/notes").map(({ name }) => name);
    for (const host of ["example.com", "app.example.com", "evil.example.com"]) {
      expect(names(host)).toEqual(["privy-token", "privy-session", "privy-id-token"]);
    }
    expect(names(SESSION_HOST)).toContain("privy-refresh-token");
    expect(names("x.privy.example.com")).not.toContain("privy-refresh-token");
    expect(names("example.org")).toEqual([]);
    const readable = jar.all().filter(({ attributes }) => !attributes.includes("HttpOnly"));
    expect(readable.map(({ name }) => name)).toEqual(["privy-session"]);
  });

  it("are always Secure, SameSite and of one value per name and place", () => {
    fc.assert(
      fc.property(scopes, lives, lives, (at, tokenLife, sessionLife) => {
        const lines = [
          ...sessionCookies(at, { ...values, tokenLife, sessionLife }),
          ...expiredSessionCookies(at),
        ];
        for (const line of lines) {
          expect(line).toMatch(/; Secure(;|$)/);
          expect(line).toContain(`SameSite=${at.sameSite === "lax" ? "Lax" : "Strict"}`);
          expect(Number(/Max-Age=(\d+)/.exec(line)?.[1])).toBeLessThanOrEqual(34_560_000);
        }
        const set = sessionCookies(at, values).map((line) => line.split("=", 1)[0]);
        expect(new Set(set).size).toBe(set.length);
      }),
    );
  });

  it("are all gone after expiry, whatever SameSite they were set with", () => {
    fc.assert(
      fc.property(scopes, fc.constantFrom("strict" as const, "lax" as const), (at, later) => {
        const host = at.domain === null ? "app.example.com" : `privy.${at.domain}`;
        const jar = createJar();
        jar.receive(host, sessionCookies(at, values));
        jar.receive(host, expiredSessionCookies({ ...at, sameSite: later }));
        expect(jar.all()).toEqual([]);
      }),
    );
  });

  it("replace those of another SameSite setting instead of standing beside them", () => {
    const jar = createJar();
    jar.receive(SESSION_HOST, sessionCookies(scope, values));
    jar.receive(SESSION_HOST, sessionCookies({ ...scope, sameSite: "lax" }, values));
    expect(jar.all()).toHaveLength(4);
    expect(jar.all().every(({ attributes }) => attributes.includes("SameSite=Lax"))).toBe(true);
  });

  it("drop the identity token when it is off, and when browsers would not keep it", () => {
    expect(identityTokenCookie(scope, null, 60)).toContain("privy-id-token=; ");
    expect(identityTokenCookie(scope, "x".repeat(4083), 60)).toContain("Max-Age=0");
    expect(identityTokenCookie(scope, "x".repeat(4082), 60)).toContain("Max-Age=60");
  });

  it("take no value that would become an attribute", () => {
    expect(() => sessionCookies(scope, { ...values, accessToken: "a; Domain=evil.test" })).toThrow(
      TypeError,
    );
  });
});
