import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { originAllowed, originPatternProblem } from "./origins.ts";

const label = fc.stringMatching(/^[a-z0-9]([a-z0-9-]{0,8}[a-z0-9])?$/);
const domain = fc
  .array(label, { minLength: 1, maxLength: 3 })
  .map((labels) => [...labels, "test"].join("."));

describe("the grammar of allowed origins", () => {
  it.each([
    "https://example.com",
    "https://app.example.com",
    "https://app.example.com:8443",
    "https://*.example.com",
    "https://*.preview.example.com:8443",
    "https://xn--bcher-kva.example",
    "http://intranet.example.com",
    "http://10.0.0.7:8080",
    "http://localhost:3000",
    "https://localhost:3000",
    "http://localhost:*",
    "http://127.0.0.1:5173",
    "http://[::1]:*",
  ])("takes %s", (pattern) => {
    expect(originPatternProblem(pattern)).toBeNull();
  });

  it.each([
    ["", "scheme and host"],
    ["*", "scheme and host"],
    ["null", "scheme and host"],
    ["example.com", "scheme and host"],
    ["//example.com", "scheme and host"],
    ["ftp://example.com", "scheme and host"],
    ["javascript://example.com", "scheme and host"],
    ["https://", "scheme and host"],
    ["https://example.com/", "without a path"],
    ["https://example.com/app", "without a path"],
    ["https://example.com?x", "https://example.com"],
    ["https://user@example.com", "https://example.com"],
    ["https://example.com:port", "scheme and host"],
    ["https://example.com:123456", "scheme and host"],
    ["https://example.com:65536", "scheme and host"],
    ["http://localhost:65536", "needs a port"],
    ["https://app.256", "scheme and host"],
    ["https://example.com:*", "localhost only"],
    ["https://*", "leftmost label"],
    ["https://*.com", "top-level domain"],
    ["https://app*.example.com", "leftmost label"],
    ["https://*app.example.com", "leftmost label"],
    ["https://app.*.example.com", "leftmost label"],
    ["https://*.*.example.com", "leftmost label"],
    ["https://example.com.", "leftmost label"],
    ["https://-a.example.com", "leftmost label"],
    ["https://a..example.com", "leftmost label"],
    ["http://*.example.com", "needs https"],
    ["http://localhost", "needs a port"],
    ["https://example.com\n", "https://example.com"],
    [" https://example.com", "scheme and host"],
    ["https://exa mple.com", "leftmost label"],
  ])("refuses %j and says %j", (pattern, words) => {
    expect(originPatternProblem(pattern)).toContain(words);
  });

  it.each([
    ["https://Example.com", "https://example.com"],
    ["https://*.Example.com", "https://*.example.com"],
    ["https://example.com:443", "https://example.com"],
    ["https://*.example.com:443", "https://*.example.com"],
    ["https://example.com:08443", "https://example.com:8443"],
    ["http://0x7f.1:8080", "http://127.0.0.1:8080"],
  ])("refuses %s, which no browser sends, and names what they do", (pattern, written) => {
    expect(originPatternProblem(pattern)?.split(" ").at(-1)).toBe(written);
  });

  it("never throws, and whatever it takes without a wildcard is an origin as browsers write it", () => {
    const nearly = fc.tuple(
      fc.constantFrom("http://", "https://", "HTTPS://", ""),
      fc.oneof(domain, fc.string(), fc.constant("localhost")),
      fc.oneof(
        fc.constant(""),
        fc.nat(70_000).map((port) => `:${port}`),
      ),
    );
    fc.assert(
      fc.property(nearly, (parts) => {
        const pattern = parts.join("");
        fc.pre(originPatternProblem(pattern) === null && !pattern.includes("*"));
        expect(new URL(pattern).origin).toBe(pattern);
      }),
    );
  });
});

describe("originAllowed", () => {
  it("allows exactly the origin that is listed", () => {
    const patterns = ["https://app.example.com", "http://localhost:3000"];
    expect(originAllowed("https://app.example.com", patterns)).toBe(true);
    expect(originAllowed("http://localhost:3000", patterns)).toBe(true);
    for (const other of [
      "http://app.example.com",
      "https://app.example.com:8443",
      "https://app.example.com.evil.test",
      "https://evil.test/https://app.example.com",
      "https://xapp.example.com",
      "https://APP.example.com",
      "https://example.com",
      "http://localhost:3001",
      "http://localhost",
      "null",
      "",
    ]) {
      expect(originAllowed(other, patterns), other).toBe(false);
    }
    expect(originAllowed("https://app.example.com", [])).toBe(false);
  });

  it("lets a wildcard stand for one label, neither none nor several", () => {
    const patterns = ["https://*.example.com"];
    expect(originAllowed("https://pr-7.example.com", patterns)).toBe(true);
    for (const other of [
      "https://example.com",
      "https://.example.com",
      "https://a.b.example.com",
      "https://evil.test#.example.com",
      "https://evil.test/.example.com",
      "https://evil@.example.com",
      "https://a.example.com:8443",
      "https://a.example.com.evil.test",
      "https://a.notexample.com",
      "http://a.example.com",
      "https://*.example.com.evil.test",
    ]) {
      expect(originAllowed(other, patterns), other).toBe(false);
    }
  });

  it("lets any port of a loopback host stand for ports only", () => {
    const patterns = ["http://localhost:*", "http://[::1]:*"];
    expect(originAllowed("http://localhost:5173", patterns)).toBe(true);
    expect(originAllowed("http://[::1]:1", patterns)).toBe(true);
    for (const other of [
      "http://localhost",
      "http://localhost:",
      "http://localhost:80@evil.test",
      "http://localhost:3000.evil.test",
      "http://localhost.evil.test:3000",
      "https://localhost:3000",
    ]) {
      expect(originAllowed(other, patterns), other).toBe(false);
    }
  });

  it("allows for a wildcard only the hosts one label below its own", () => {
    const before = fc.oneof(domain, fc.string({ maxLength: 4 }), fc.constantFrom("a@", "a#", "a/"));
    fc.assert(
      fc.property(domain, before, (base, text) => {
        const origin = `https://${text}.${base}`;
        if (!originAllowed(origin, [`https://*.${base}`])) return;
        const { host } = new URL(origin);
        expect(host).toBe(`${text}.${base}`);
        expect(host.split(".")).toHaveLength(base.split(".").length + 1);
      }),
      { numRuns: 1000 },
    );
    fc.assert(
      fc.property(domain, label, (base, one) => {
        expect(originAllowed(`https://${one}.${base}`, [`https://*.${base}`])).toBe(true);
      }),
    );
  });
});
