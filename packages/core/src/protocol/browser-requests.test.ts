import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { ZodType } from "zod";
import {
  allowlistInput,
  createUser,
  customJwtAuthenticate,
  customMetadata,
  emailAddress,
  guestAuthenticate,
  oneTimeCode,
  passwordlessAuthenticate,
  passwordlessInit,
  searchUsers,
  sessionRefresh,
} from "./browser-requests.ts";

const takes = (schema: ZodType, value: unknown) => schema.safeParse(value).success;

/** What reaches the server: JSON, in which __proto__ is a key like any other. */
const json = (text: string): unknown => JSON.parse(text);

describe("an e-mail address", () => {
  it("has one spelling: trimmed and in lower case", () => {
    for (const text of ["ada@example.com", "  Ada@Example.COM ", "ADA@EXAMPLE.COM"]) {
      expect(emailAddress.parse(text)).toBe("ada@example.com");
    }
    expect(emailAddress.parse("ada+news@example.com")).toBe("ada+news@example.com");
  });

  it("is the same after it was read once", () => {
    fc.assert(
      fc.property(fc.emailAddress(), (text) => {
        const read = emailAddress.safeParse(text);
        if (read.success) expect(emailAddress.parse(read.data)).toBe(read.data);
      }),
    );
  });

  it.each([
    "",
    "ada",
    "ada@",
    "@example.com",
    "ada@example",
    "ada@exa mple.com",
    "ada@example.com,bob@example.com",
    "ada@example.com\r\nBcc: bob@example.com",
    "ada@example.com\n",
    "ada@example.com\u0000",
    "ada\u200b@example.com",
    "ada\u202e@example.com",
    "Ada <ada@example.com>",
    `${"a".repeat(250)}@example.com`,
  ])("is not %j", (text) => {
    expect(takes(emailAddress, text)).toBe(false);
  });
});

describe("a one-time code", () => {
  it("is six ASCII digits and nothing around them", () => {
    expect(takes(oneTimeCode, "004217")).toBe(true);
    for (const text of ["4217", "0042170", "00421a", " 004217", "004217\n", "٠٠٤٢١٧", 4217]) {
      expect(takes(oneTimeCode, text), String(text)).toBe(false);
    }
  });
});

describe("request bodies", () => {
  it("sign up or in unless the caller says otherwise", () => {
    const body = { email: "ada@example.com", code: "004217" };
    expect(passwordlessAuthenticate.parse(body).mode).toBe("login-or-sign-up");
    expect(passwordlessAuthenticate.parse({ ...body, mode: "no-signup" }).mode).toBe("no-signup");
    expect(takes(passwordlessAuthenticate, { ...body, mode: "other" })).toBe(false);
    expect(takes(customJwtAuthenticate, { token: "" })).toBe(false);
  });

  it("ignore fields that they do not know, as clients add some", () => {
    expect(passwordlessInit.parse({ email: "ada@example.com", more: 1 })).toEqual({
      email: "ada@example.com",
    });
  });

  it("bring a refresh token of any text up to 4096 characters, null, or none", () => {
    for (const body of [{}, { refresh_token: null }, { refresh_token: "deprecated" }]) {
      expect(takes(sessionRefresh, body)).toBe(true);
    }
    expect(takes(sessionRefresh, { refresh_token: "x".repeat(4097) })).toBe(false);
    expect(takes(sessionRefresh, { refresh_token: 7 })).toBe(false);
    expect(takes(sessionRefresh, { refresh_token: { toString: "x" } })).toBe(false);
  });

  it("bring a guest's 32 random bytes in base64url", () => {
    expect(takes(guestAuthenticate, { guest_credential: "A".repeat(43) })).toBe(true);
    for (const text of [
      "A".repeat(42),
      "A".repeat(44),
      `${"A".repeat(42)}=`,
      `${"A".repeat(42)}\n`,
    ]) {
      expect(takes(guestAuthenticate, { guest_credential: text }), text).toBe(false);
    }
  });

  it("are refused, never thrown at, whatever JSON they are", () => {
    const schemas = [passwordlessAuthenticate, sessionRefresh, createUser, searchUsers];
    fc.assert(
      fc.property(fc.jsonValue(), fc.constantFrom(...schemas), (value, schema) => {
        schema.safeParse(value);
      }),
    );
  });
});

describe("custom metadata", () => {
  it("is up to 50 short values", () => {
    expect(takes(customMetadata, { plan: "pro", seats: 3, beta: true })).toBe(true);
    const keys = (count: number) =>
      Object.fromEntries(Array.from({ length: count }, (_, index) => [`k${index}`, 1]));
    expect(takes(customMetadata, keys(50))).toBe(true);
    expect(takes(customMetadata, keys(51))).toBe(false);
    expect(takes(customMetadata, { long: "x".repeat(1025) })).toBe(false);
    expect(takes(customMetadata, { ["k".repeat(129)]: 1 })).toBe(false);
    expect(takes(customMetadata, { nested: { a: 1 } })).toBe(false);
    expect(takes(customMetadata, { list: [1] })).toBe(false);
    expect(takes(customMetadata, { "line\nbreak": 1 })).toBe(false);
  });

  it("changes no prototype", () => {
    const read = customMetadata.safeParse(json('{"__proto__": {"admin": true}, "a": 1}'));
    if (read.success) expect(Object.getPrototypeOf(read.data)).toBe(Object.prototype);
    expect(({} as { admin?: unknown }).admin).toBeUndefined();
  });
});

describe("an allowlist entry", () => {
  it("is an address or a domain, in one spelling", () => {
    expect(allowlistInput.parse({ type: "email", value: " Ada@Example.com" }).value).toBe(
      "ada@example.com",
    );
    for (const value of ["Example.com", "@example.com", " example.com "]) {
      expect(allowlistInput.parse({ type: "emailDomain", value }).value).toBe("example.com");
    }
    for (const value of [
      "",
      "com",
      "example.com/x",
      "exa mple.com",
      "*.example.com",
      "ada@e.com",
    ]) {
      expect(takes(allowlistInput, { type: "emailDomain", value }), value).toBe(false);
    }
    expect(takes(allowlistInput, { type: "phone", value: "1" })).toBe(false);
  });
});
