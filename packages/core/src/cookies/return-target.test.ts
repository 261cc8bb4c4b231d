import fc from "fast-check";
import { describe, expect, it, test } from "vitest";
import { returnTarget } from "./return-target.ts";

const ORIGINS = ["https://app.example.com", "https://*.example.com", "http://localhost:3000"];

describe("where a refresh may return to (ASVS 3.7.2)", () => {
  test.each([
    "https://app.example.com",
    "https://app.example.com/",
    "https://app.example.com/notes?id=7&q=a%20b#top",
    "https://app.example.com:443/notes",
    "HTTPS://APP.example.com/notes",
  ])("takes %s", (value) => {
    expect(returnTarget(value, ORIGINS).kind).toBe("ok");
  });

  test.each([
    ["", "missing"],
    [null, "missing"],
    ["/notes", "malformed"],
    ["//app.example.com/notes", "malformed"],
    ["https:/app.example.com", "malformed"],
    ["https:app.example.com", "malformed"],
    ["javascript:alert(1)", "malformed"],
    ["https://app.example.com\\@evil.test/", "malformed"],
    ["https://evil.test\\.app.example.com", "malformed"],
    ["https://app.example.com/\n", "malformed"],
    ["https://app.example.com/\u0000", "malformed"],
    ["https://app.example.com/ x", "malformed"],
    ["https://app.example.com/\u202e", "malformed"],
    [`https://app.example.com/${"x".repeat(4000)}`, "malformed"],
    ["https://user@app.example.com/", "credentials"],
    ["https://@app.example.com/", "credentials"],
    ["https://user:secret@evil.test/", "credentials"],
    ["http://app.example.com/", "not_https"],
    ["http://localhost:3000/", "not_https"],
    ["https://other.example.com/", "not_listed"],
    ["https://app.example.com.evil.test/", "not_listed"],
    ["https://app.example.com:8443/", "not_listed"],
    ["https://evil.test/https://app.example.com", "not_listed"],
  ])("refuses %j: %s", (value, reason) => {
    expect(returnTarget(value, ORIGINS)).toEqual({ kind: "refused", reason });
  });

  it("leads to a listed origin or nowhere, whatever is written", () => {
    const piece = fc.constantFrom(
      "https://",
      "app.example.com",
      "evil.test",
      "\\",
      "@",
      "/",
      "//",
      ":",
      ".",
      "?",
      "#",
      "%00",
      "\t",
      "a",
      "[",
      "]",
    );
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 8 }), (pieces) => {
        const target = returnTarget(pieces.join(""), ORIGINS);
        if (target.kind === "ok") {
          // As a browser reads the Location header.
          expect(new URL(target.url.href, "https://privy.example.com").origin).toBe(ORIGINS[0]);
        }
      }),
      { numRuns: 2000 },
    );
  });
});
