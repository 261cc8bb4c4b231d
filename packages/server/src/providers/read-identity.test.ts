import fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { OAuth2Preset } from "./preset.ts";
import { findPreset } from "./presets.ts";
import { identityOfClaims, identityOfProfile, withUserinfo } from "./read-identity.ts";

const vouching = (key: string) => findPreset(key)?.vouchesForEmail ?? { kind: "never" as const };
const claims = (more: object) => ({ iss: "https://id.example.com", sub: "1", ...more });
const github = findPreset("github") as OAuth2Preset;

describe("an identity out of claims", () => {
  test("is vouched for only where the provider says so, in a form that means yes", () => {
    const of = (email_verified: unknown) =>
      identityOfClaims(claims({ email: "Ada@Example.com ", email_verified }), vouching("oidc"));
    for (const yes of [true, "true", 1, "1"]) {
      expect(of(yes)).toMatchObject({ email: "ada@example.com", emailVerified: true });
    }
    for (const no of [false, "false", 0, "0", null, undefined, "yes", {}, [], [true]]) {
      expect(of(no)).toMatchObject({ email: "ada@example.com", emailVerified: false });
    }
  });

  test("of Google is vouched for at mailboxes that Google runs, whatever the claim says of others", () => {
    const of = (email: string, hd?: string) =>
      identityOfClaims(
        claims({ email, email_verified: true, ...(hd && { hd }) }),
        vouching("google"),
      )?.emailVerified;
    expect([of("a@gmail.com"), of("a@GMAIL.com"), of("a@corp.example", "Corp.example")]).toEqual([
      true,
      true,
      true,
    ]);
    expect([of("a@corp.example"), of("a@corp.example", "other.example")]).toEqual([false, false]);
    expect(of("a@gmail.com.evil.example")).toBe(false);
  });

  test("is not vouched for by what userinfo says of another address (account takeover)", () => {
    const of = (token: object, userinfo: Readonly<Record<string, unknown>>) =>
      identityOfClaims(withUserinfo(claims(token), userinfo, vouching("oidc")), vouching("oidc"));
    const hers = { email: "ada@example.com", email_verified: true };
    expect(of({ email: "ADA@example.com" }, hers)).toMatchObject({ emailVerified: true });
    expect(of({}, hers)).toMatchObject({ email: "ada@example.com", emailVerified: true });
    expect(of({ email: "bob@example.com" }, hers)).toMatchObject({
      ...{ email: "bob@example.com", emailVerified: false },
    });
  });

  test("has nothing in it that a database or a page could stumble over, whatever the provider sends", () => {
    const anything = fc.oneof(fc.string({ unit: "binary" }), fc.jsonValue(), fc.emailAddress());
    fc.assert(
      fc.property(
        anything,
        fc.record({
          email: anything,
          email_verified: anything,
          name: anything,
          preferred_username: anything,
          picture: anything,
        }),
        (sub, rest) => {
          const identity = identityOfClaims(claims({ sub, ...rest }) as never, vouching("oidc"));
          if (identity === null) return;
          const { emailVerified, ...texts } = identity;
          expect(emailVerified && texts.email === null).toBe(false);
          for (const text of Object.values(texts)) {
            expect(text === null || /^[^\p{Cc}\p{Cf}\p{Zl}\p{Zp}]+$/u.test(text)).toBe(true);
            expect(text?.isWellFormed() ?? true).toBe(true);
          }
          expect(texts.pictureUrl === null || texts.pictureUrl.startsWith("https://")).toBe(true);
        },
      ),
      { numRuns: 40 },
    );
  });
});

describe("an identity out of a profile", () => {
  const of = (profile: unknown, addresses: unknown = null) =>
    identityOfProfile(github.issuer, github.profile, github.vouchesForEmail, profile, addresses);

  test("takes the address that is primary and verified, and vouches for no other", () => {
    const profile = { id: 7, email: "shown@example.com" };
    const primary = { email: "ada@example.com", primary: true, verified: true };
    expect(of(profile, [primary])).toMatchObject({
      subject: "7",
      email: "ada@example.com",
      emailVerified: true,
    });
    for (const list of [
      [{ ...primary, verified: false }],
      [{ ...primary, primary: false }],
      [{ ...primary, verified: "true" }],
      { 0: primary },
      null,
      [],
    ]) {
      expect(of(profile, list)).toMatchObject({ emailVerified: false });
    }
  });

  test("is nobody without an id that stays", () => {
    for (const profile of [{}, { id: null }, { id: "" }, { id: 1.5 }, { id: {} }, [], null, "x"]) {
      expect(of(profile)).toBeNull();
    }
  });
});
