import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { cookieValues, parseCookieHeader } from "./cookie-header.ts";

// RFC 6265 section 4.1.1: what a cookie name and value may consist of.
const name = fc.stringMatching(/^[A-Za-z0-9!#$%&'*+.^_`|~-]{1,12}$/);
const value = fc.stringMatching(/^[!#-+\--:<-[\]-~]{0,30}$/);
const cookies = fc.array(fc.record({ name, value }, { noNullPrototype: true }), { maxLength: 8 });

describe("the Cookie header", () => {
  it("is read in order, each cookie of one name apart", () => {
    fc.assert(
      fc.property(cookies, fc.constantFrom("; ", ";", " ;\t "), (sent, gap) => {
        const header = sent.map((cookie) => `${cookie.name}=${cookie.value}`).join(gap);
        expect(parseCookieHeader(header)).toEqual(sent);
      }),
    );
  });

  it.each([null, undefined, "", ";", " ; ;", "no-pair", "=nameless"])(
    "%j has no cookie",
    (header) => {
      expect(parseCookieHeader(header)).toEqual([]);
    },
  );

  it("keeps a value as it was sent: no decoding, equals signs and all", () => {
    expect(parseCookieHeader('a=%20=%3B; b="quoted"; c="; d=""')).toEqual([
      { name: "a", value: "%20=%3B" },
      { name: "b", value: "quoted" },
      { name: "c", value: '"' },
      { name: "d", value: "" },
    ]);
  });

  it("trims spaces and tabs only: other white space belongs to the name, and prefixes hold", () => {
    for (const blank of ["\u00a0", "\u2000", "\ufeff", "\u0085", "\v"]) {
      expect(cookieValues(`${blank}__Host-sid=planted; __Host-sid=own`, "__Host-sid")).toEqual([
        "own",
      ]);
      expect(cookieValues(`__Host-sid${blank}=planted`, "__Host-sid")).toEqual([]);
    }
    expect(cookieValues("\t sid \t=\t x \t", "sid")).toEqual(["x"]);
  });

  it("is read in time that grows with its length, not with its square", () => {
    const blanks = " \t".repeat(500_000);
    expect(cookieValues(`a${blanks}b=c${blanks}d; sid=x`, "sid")).toEqual(["x"]);
  });

  it("takes any header without throwing", () => {
    fc.assert(
      fc.property(fc.string({ unit: "binary" }), (header) => {
        for (const cookie of parseCookieHeader(header)) expect(cookie.name).not.toBe("");
      }),
    );
  });
});
