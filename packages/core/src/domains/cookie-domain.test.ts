import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { originAllowedByDomain, readCookieDomain } from "./cookie-domain.ts";

/** A little public-suffix list: com, example, test, co.uk, sites.example. */
function rootOf(host: string): string | null {
  const suffix = /(^|\.)(sites\.example|co\.uk|[^.]+)$/.exec(host)?.[2] ?? "";
  const label = host
    .slice(0, -suffix.length - 1)
    .split(".")
    .at(-1);
  return label ? `${label}.${suffix}` : null;
}
const read = (input: string) => readCookieDomain(input, rootOf);
const messageOf = (input: string) => {
  const result = read(input);
  return result.kind === "refused" ? result.message : `taken as ${result.domain}`;
};

describe("a domain root is taken", () => {
  test.each([
    ["example.com", "example.com"],
    ["Example.COM", "example.com"],
    ["  example.com\n", "example.com"],
    ["example.co.uk", "example.co.uk"],
    ["xn--bcher-kva.example", "xn--bcher-kva.example"],
    ["mine.sites.example", "mine.sites.example"],
    ["1.example", "1.example"],
  ])("%s", (input, domain) => {
    expect(read(input)).toEqual({ kind: "domain", domain });
  });
});

describe("anything else is told what to type", () => {
  test.each([
    ["https://example.com", "Type example.com instead", "leave out the protocol"],
    ["http://example.com/", "Type example.com instead", "leave out the protocol"],
    ["www.example.com", "Type example.com instead", "leave out www"],
    ["https://www.example.com/login?a=b#c", "Type example.com instead", "leave out what follows"],
    ["app.example.com", "Type example.com instead", "the domain root that counts"],
    ["privy.example.com", "Type example.com instead", "the domain root that counts"],
    ["a.b.example.co.uk", "Type example.co.uk instead", "the domain root that counts"],
    ["example.com:8443", "Type example.com instead", "all ports"],
    ["example.com/app", "Type example.com instead", "what follows the name"],
    ["example.com.", "Type example.com instead", "without the dot at the end"],
    [".example.com", "Type example.com instead", "every subdomain anyway"],
    ["*.example.com", "Type example.com instead", "every subdomain anyway"],
    ["ada@example.com", "Type example.com instead", "leave out the user name"],
    ["https://ada:pass@example.com", "Type example.com instead", "leave out the user name"],
    ["bücher.example", "Type xn--bcher-kva.example instead", "in ASCII"],
    ["例え.example", "Type xn--r8jz45g.example instead", "in ASCII"],
    ["example。com", "Type example.com instead", "in ASCII"],
    ["", "such as example.com"],
    ["   ", "such as example.com"],
    ["localhost", "localhost", "development app"],
    ["http://localhost:3000", "development app"],
    ["intranet", "only local machines know"],
    ["192.0.2.1", "is an IP address"],
    ["https://192.0.2.1:8080/", "is an IP address"],
    ["0x7f.1", "is an IP address"],
    ["[2001:db8::1]", "is an IP address"],
    ["2001:db8::1", "not a domain name"],
    ["co.uk", "is a public suffix", "example.co.uk"],
    ["sites.example", "is a public suffix", "example.sites.example"],
    ["my_app.example.com", '"my_app"', "letters, digits and hyphens"],
    ["-a.example.com", '"-a"'],
    ["a..example.com", "two dots in a row"],
    [`${"a".repeat(64)}.com`, "at most 63"],
    [`${"a.".repeat(120)}com`, "longer than the 231"],
    ["example .com", "not a domain name"],
    ["example,com", '"example,com"', "letters, digits and hyphens"],
    ["exa\\mple.com", "not a domain name"],
    ["javascript:alert(1)", "not a domain name"],
  ])("%j", (input, ...words) => {
    const message = messageOf(input);
    for (const word of words) expect(message).toContain(word);
    expect(message).not.toContain("taken as");
  });
});

test("whatever is typed, what is taken is a root in the form that DNS and browsers use", () => {
  fc.assert(
    fc.property(fc.oneof(fc.domain(), fc.webUrl(), fc.string({ unit: "binary" })), (input) => {
      const result = read(input);
      if (result.kind === "refused") {
        expect(result.message).not.toBe("");
        const typed = /^Type (\S+) instead/.exec(result.message)?.[1];
        if (typed !== undefined) expect(read(typed)).toEqual({ kind: "domain", domain: typed });
      } else {
        expect(new URL(`https://${result.domain}`).hostname).toBe(result.domain);
        expect(rootOf(result.domain)).toBe(result.domain);
      }
    }),
    { numRuns: 500 },
  );
});

describe("a verified app works on its domain and its subdomains alone", () => {
  const allowed = (origin: string) => originAllowedByDomain({ domain: "example.com" }, origin);

  test.each([
    "https://example.com",
    "https://app.example.com",
    "https://a.b.example.com",
    "https://app.example.com:8443",
  ])("%s may call", (origin) => {
    expect(allowed(origin)).toBe(true);
  });

  test.each([
    "http://example.com",
    "http://localhost:3000",
    "https://example.org",
    "https://evilexample.com",
    "https://example.com.evil.test",
    "https://example.com@evil.test",
    "https://evil.test/.example.com",
    "https://evil.test:443.example.com",
    "https://example.com:99999999",
    "https://EXAMPLE.com",
    "example.com",
    "null",
    "",
  ])("%s may not", (origin) => {
    expect(allowed(origin)).toBe(false);
  });
});
