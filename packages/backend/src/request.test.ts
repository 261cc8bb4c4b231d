import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { bearerToken, cookieValues } from "./request.ts";

const cookies = (header: string, name = "privy-token") =>
  cookieValues({ headers: { cookie: header } }, name);

// RFC 6265 section 4.1.1: what a cookie name and value may consist of.
const name = fc.stringMatching(/^[A-Za-z0-9!#$%&'*+.^_`|~-]{1,12}$/);
const value = fc.stringMatching(/^[!#-+\--:<-[\]-~]{1,30}$/);
const others = fc.array(
  fc.tuple(
    name.filter((other) => other !== "privy-token"),
    value,
  ),
  { maxLength: 8 },
);

describe("reading cookies", () => {
  it("finds the value wherever it stands among others, and nothing else", () => {
    fc.assert(
      fc.property(
        others,
        value,
        fc.nat(),
        fc.constantFrom("; ", ";", " ;  "),
        (rest, own, at, gap) => {
          const pairs = rest.map((pair) => pair.join("="));
          pairs.splice(at % (pairs.length + 1), 0, `privy-token=${own}`);
          expect(cookies(pairs.join(gap))).toEqual([own]);
          expect(cookies(rest.map((pair) => pair.join("=")).join(gap))).toEqual([]);
        },
      ),
    );
  });

  it("gives every distinct value once", () => {
    fc.assert(
      fc.property(fc.array(value, { minLength: 1, maxLength: 6 }), (values) => {
        const header = values.map((text) => `privy-token=${text}`).join("; ");
        expect(cookies(header)).toEqual([...new Set(values)]);
      }),
    );
  });

  it("is not deceived by names and values that hold the name", () => {
    fc.assert(
      fc.property(value, (own) => {
        const header = `x=privy-token=${own}; xprivy-token=${own}; privy-tokens=${own}; Privy-Token=${own}; privy-token`;
        expect(cookies(header)).toEqual([]);
      }),
    );
  });

  it("takes any header without throwing", () => {
    fc.assert(
      fc.property(fc.string({ unit: "binary" }), (header) => {
        expect(Array.isArray(cookies(`${header};privy-token=x`))).toBe(true);
      }),
    );
  });

  it.each([
    ['privy-token="quoted"', ["quoted"]],
    ['privy-token="', ['"']],
    ["privy-token=a=b==", ["a=b=="]],
    ["privy-token=", []],
    ['privy-token=""', []],
    ["privy-token=; privy-token=x", ["x"]],
    [" privy-token =x", ["x"]],
    ["=x; ;;privy-token=x", ["x"]],
    ["", []],
  ])("reads %j as %j", (header, expected) => {
    expect(cookies(header)).toEqual(expected);
  });

  it("needs no cookie header at all", () => {
    expect(cookieValues({ headers: {} }, "privy-token")).toEqual([]);
    expect(cookieValues({ headers: new Headers() }, "privy-token")).toEqual([]);
  });
});

describe("reading Authorization", () => {
  const bearer = (authorization: string) => bearerToken({ headers: { authorization } });

  it.each([
    ["Bearer abc", "abc"],
    ["bearer   abc", "abc"],
    ["  Bearer abc  ", "abc"],
    ["Bearer a b", "a b"],
    ["Bearer", ""],
    ["Bearer ", ""],
    ["Bearerabc", null],
    ["Basic abc", null],
    ["DPoP abc", null],
    ["", null],
  ])("reads %j as %j (RFC 6750 section 2.1)", (header, token) => {
    expect(bearer(header)).toBe(token);
  });
});
