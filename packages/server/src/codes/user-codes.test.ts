import fc from "fast-check";
import { expect, test } from "vitest";
import { newUserCode, readUserCode, showUserCode } from "./user-codes.ts";

test("a code is eight consonants, and no two are alike (RFC 8628 section 6.1)", () => {
  const codes = Array.from({ length: 200 }, newUserCode);
  for (const code of codes) expect(code).toMatch(/^[BCDFGHJKLMNPQRSTVWXZ]{8}$/);
  expect(new Set(codes).size).toBe(200);
});

test("a code is understood however it is typed: any case, with spaces, dashes or none", () => {
  const gap = fc.constantFrom("", "-", " ", " - ", "_", ".");
  fc.assert(
    fc.property(fc.array(gap, { minLength: 8, maxLength: 8 }), fc.boolean(), (gaps, lower) => {
      const code = newUserCode();
      const typed = [...code].map((letter, at) => letter + gaps[at]).join("");
      expect(readUserCode(lower ? typed.toLowerCase() : typed)).toBe(code);
    }),
  );
  expect(readUserCode(showUserCode("WDJBMJHT"))).toBe("WDJBMJHT");
});

test("what no code looks like is none", () => {
  for (const typed of ["", "WDJB", "WDJB-MJHTX", "WDJB-MJH1", "AEIO-UAEI", "WDJB/MJHT"]) {
    expect(readUserCode(typed)).toBeNull();
  }
});
