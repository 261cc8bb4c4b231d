import fc from "fast-check";
import { expect, it } from "vitest";
import { readLineage, readTimes } from "./tokens.ts";

const jwt = (claims: object) => `h.${Buffer.from(JSON.stringify(claims)).toString("base64url")}.s`;

it("reads iat and exp of a JWT whose other claims may hold any text (RFC 7519 section 4.1)", () => {
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 4e9 }), fc.string({ unit: "grapheme" }), (iat, name) => {
      const times = readTimes(jwt({ iat, exp: iat + 60, name }));
      expect(times).toEqual({ issuedAt: iat * 1000, expiresAt: (iat + 60) * 1000 });
    }),
  );
});

it("reads nothing else", () => {
  for (const wrong of [
    null,
    "",
    "a.b",
    "a.b.c",
    jwt({}),
    jwt({ iat: 1 }),
    jwt({ iat: "x", exp: "y" }),
  ]) {
    expect(readTimes(wrong)).toBeNull();
  }
  fc.assert(
    fc.property(fc.string(), (text) => {
      expect(readTimes(text)).toBeNull();
    }),
  );
});

it("reads session and generation of our refresh tokens, and of no others", () => {
  expect(readLineage("lk1.k.s-1_x.12.1900000000.cmFu.bWFj")).toEqual({
    sid: "s-1_x",
    generation: 12,
  });
  for (const other of [null, "", "opaque", "deprecated", "lk2.k.s.1.2.r.m", "lk1.k.s.-1.2.r.m"]) {
    expect(readLineage(other)).toEqual({ sid: null, generation: null });
  }
});
