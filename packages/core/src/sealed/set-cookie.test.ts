import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { cookiePolicy } from "./cookie-attributes.ts";
import { domainsOf, expireCookie, expireCookies, serializeSetCookie } from "./set-cookie.ts";
import { createBrowserJar } from "./testing/browser-jar.ts";

const https = { url: "https://app.example.com/" };
const hostOnly = cookiePolicy()(https);
const shared = cookiePolicy({ domain: "example.com", sameSite: "strict", maxAge: 60 })(https);
const local = cookiePolicy()({ url: "http://localhost:3000/" });

describe("Set-Cookie", () => {
  it("is written as documented", () => {
    expect(serializeSetCookie("wos-session", "x", hostOnly)).toBe(
      "wos-session=x; Path=/; Max-Age=34560000; HttpOnly; Secure; SameSite=Lax",
    );
    expect(serializeSetCookie("wos-session", "x", shared)).toBe(
      "wos-session=x; Path=/; Max-Age=60; Domain=example.com; HttpOnly; Secure; SameSite=Strict",
    );
    expect(serializeSetCookie("wos-session", "x", local)).toBe(
      "wos-session=x; Path=/; Max-Age=34560000; HttpOnly; SameSite=Lax",
    );
  });

  it("removes a cookie by Max-Age and by Expires, since some frameworks drop a Max-Age of 0", () => {
    expect(expireCookie("wos-session", hostOnly)).toBe(
      "wos-session=; Path=/; Max-Age=0; Expires=Thu, 01 Jan 1970 00:00:00 GMT; HttpOnly; Secure; SameSite=Lax",
    );
  });

  it("takes no name or value by which one could write attributes (RFC 6265 section 4.1.1)", () => {
    fc.assert(
      fc.property(fc.string({ unit: "binary" }), fc.string({ unit: "binary" }), (name, value) => {
        try {
          const [pair, ...attributes] = serializeSetCookie(name, value, hostOnly).split("; ");
          expect(pair).toBe(`${name}=${value}`);
          expect(attributes).toHaveLength(5);
        } catch (error) {
          expect(error).toBeInstanceOf(TypeError);
        }
      }),
    );
    for (const value of ["a;b", "a b", 'a"b', "a,b", "a\\b", "é", "a\nb"]) {
      expect(() => serializeSetCookie("a", value, hostOnly)).toThrow(TypeError);
    }
    for (const name of ["", "a=b", "a b", "a;", "é"]) {
      expect(() => serializeSetCookie(name, "", hostOnly)).toThrow(TypeError);
    }
  });

  it("keeps the promises of name prefixes, which browsers hold it to (ASVS 3.3.1, 3.3.3)", () => {
    expect(() => serializeSetCookie("__Host-sid", "x", hostOnly)).not.toThrow();
    expect(() => serializeSetCookie("__Host-sid", "x", shared)).toThrow(/over example.com/);
    expect(() => serializeSetCookie("__host-Http-sid", "x", shared)).toThrow(/over example.com/);
    expect(() => serializeSetCookie("__Secure-sid", "x", shared)).not.toThrow();
    for (const name of ["__Host-sid", "__Secure-sid", "__Http-sid"]) {
      expect(() => serializeSetCookie(name, "x", local)).toThrow(/over https only/);
    }
  });

  it.each([
    ["app.eu.example.com", ["app.eu.example.com", "eu.example.com", "example.com"]],
    ["Example.com:8443", ["example.com"]],
    ["localhost", []],
    ["localhost:3000", []],
    ["127.0.0.1", []],
    ["[::1]:3000", []],
    ["", []],
    ["a..b", []],
    [`${"a.".repeat(200)}example.com`, expect.objectContaining({ length: 8 })],
  ])("knows what domains %s may share over", (host, domains) => {
    expect(domainsOf(host)).toEqual(domains);
  });
});

describe("removing cookies", () => {
  const places = [undefined, "app.example.com", "example.com", "eu.app.example.com"] as const;

  it("leaves no twin behind, whatever the domains were over time", () => {
    fc.assert(
      fc.property(
        fc.array(fc.tuple(fc.constantFrom("wos-session", "old"), fc.constantFrom(...places)), {
          minLength: 1,
        }),
        fc.constantFrom(...places),
        (history, now) => {
          const host = "eu.app.example.com";
          const jar = createBrowserJar();
          for (const [name, domain] of history) {
            jar.receive(host, [serializeSetCookie(name, "x", cookiePolicy({ domain })(https))]);
          }
          const attributes = cookiePolicy({ domain: now })(https);
          jar.receive(host, expireCookies(["wos-session", "old"], attributes, { host }));
          expect(jar.count()).toBe(0);
        },
      ),
    );
  });

  it("removes the host-only cookie, the shared one and those of domains that are named", () => {
    const headers = expireCookies(["a", "a"], shared, { domains: ["old.example.org"] });
    expect(headers.map((header) => /Domain=([^;]+)/.exec(header)?.[1])).toEqual([
      undefined,
      "example.com",
      "old.example.org",
    ]);
  });

  it("writes no two headers of one cookie (RFC 6265 section 4.1.1)", () => {
    const twins = { domains: ["example.com"], host: "app.example.com" };
    const headers = expireCookies(["a", "b", "a"], shared, twins);
    expect(new Set(headers).size).toBe(headers.length);
    expect(headers).toHaveLength(6);
  });

  it("asks for no shared twin of a __Host- name, which cannot have one", () => {
    expect(expireCookies(["__Host-a"], shared, { host: "app.example.com" })).toHaveLength(1);
  });
});
