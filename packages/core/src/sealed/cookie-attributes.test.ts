import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { cookiePolicy, MAX_AGE_LIMIT } from "./cookie-attributes.ts";

const https = { url: "https://app.example.com/callback" };
const http = { url: "http://localhost:3000/callback" };

describe("the session cookie's attributes", () => {
  it("are the documented ones by default: HttpOnly, Lax, 400 days, this host only (ASVS 3.3.2, 3.3.4)", () => {
    expect(cookiePolicy()(https)).toEqual({
      path: "/",
      httpOnly: true,
      secure: true,
      sameSite: "lax",
      maxAge: 400 * 86_400,
    });
  });

  it("have no option that takes HttpOnly away (ASVS 3.3.4)", () => {
    fc.assert(
      fc.property(fc.boolean(), (httpOnly) => {
        const options = { httpOnly, path: "/app" } as object;
        expect(cookiePolicy(options)(http)).toMatchObject({ httpOnly: true, path: "/" });
      }),
    );
  });

  it.each([
    ["https", https, true],
    ["http", http, false],
    ["https as a URL", { url: new URL(https.url) }, true],
    ["http as a URL", { url: new URL(http.url) }, false],
    ["nothing known", {}, true],
    ["a path", { url: "/callback" }, true],
    ["another scheme", { url: "wss://app.example.com" }, true],
    ["an empty text", { url: "" }, true],
  ])("of a request by %s: Secure or not by its protocol (ASVS 3.3.1)", (_case, request, secure) => {
    expect(cookiePolicy()(request).secure).toBe(secure);
  });

  it.each([
    ["https", true],
    ["http", false],
    ["HTTPS", true],
    [" http , https", false],
    ["https,http", true],
    ["garbage", true],
  ])("believe X-Forwarded-Proto %j of a trusted proxy only", (forwardedProto, secure) => {
    for (const request of [https, http, {}]) {
      const policy = cookiePolicy({ trustProxy: true });
      expect(policy({ ...request, forwardedProto }).secure).toBe(secure);
      const untrusting = cookiePolicy();
      expect(untrusting({ ...request, forwardedProto }).secure).toBe(untrusting(request).secure);
    }
    for (const nothing of ["", null, undefined]) {
      const request = { ...http, forwardedProto: nothing };
      expect(cookiePolicy({ trustProxy: true })(request).secure).toBe(false);
    }
  });

  it("are always Secure with SameSite=None, without which browsers refuse it", () => {
    expect(cookiePolicy({ sameSite: "None" })(http)).toMatchObject({
      sameSite: "none",
      secure: true,
    });
  });

  it.each(["lax", "Lax", "STRICT", "strict", "none", "None"])("take SameSite %s", (sameSite) => {
    expect(cookiePolicy({ sameSite })(https).sameSite).toBe(sameSite.toLowerCase());
  });

  it.each(["loose", "lax ", "true"])("refuse SameSite %j with a TypeError", (sameSite) => {
    expect(() => cookiePolicy({ sameSite })).toThrow(
      new TypeError(
        `sameSite (WORKOS_COOKIE_SAMESITE) must be lax, strict or none, not "${sameSite}".`,
      ),
    );
  });

  it("last as long as asked, at most 400 days (RFC 6265bis section 5.5)", () => {
    fc.assert(
      fc.property(fc.integer({ min: 1 }), (maxAge) => {
        const expected = Math.min(maxAge, MAX_AGE_LIMIT);
        expect(cookiePolicy({ maxAge })(https).maxAge).toBe(expected);
        expect(cookiePolicy({ maxAge: String(maxAge) })(https).maxAge).toBe(expected);
      }),
    );
    expect(cookiePolicy({ maxAge: "" })(https).maxAge).toBe(MAX_AGE_LIMIT);
  });

  it.each([0, -1, 1.5, Number.NaN, "a day", "1e5", "-1", " 60"])(
    "refuse an age of %j",
    (maxAge) => {
      expect(() => cookiePolicy({ maxAge })).toThrow(
        /^maxAge \(WORKOS_COOKIE_MAX_AGE\) must be whole/,
      );
    },
  );

  it.each([
    ["example.com", "example.com"],
    [".example.com", "example.com"],
    ["Auth.Example.COM", "auth.example.com"],
    ["localhost", "localhost"],
    ["xn--bcher-kva.example", "xn--bcher-kva.example"],
  ])("share over the domain %s as %s", (domain, expected) => {
    expect(cookiePolicy({ domain })(https).domain).toBe(expected);
  });

  it.each(["", undefined])("have no Domain for %j", (domain) => {
    expect(cookiePolicy({ domain })(https)).not.toHaveProperty("domain");
  });

  it.each([
    "https://example.com",
    "example.com:3000",
    "example.com/",
    "*.example.com",
    "a..b",
    "a b",
    "x; Secure",
    "-a.com",
    "a".repeat(254),
  ])("refuse the domain %j with a TypeError", (domain) => {
    expect(() => cookiePolicy({ domain })).toThrow(
      /^domain \(WORKOS_COOKIE_DOMAIN\) must be a host/,
    );
  });
});
