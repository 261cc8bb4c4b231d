import fc from "fast-check";
import { sealData, unsealData } from "iron-session";
import { describe, expect, it } from "vitest";
import type { CookiePassword } from "./cookie-passwords.ts";
import { createKeyRing } from "./key-ring.ts";
import { anyJson } from "./testing/json.ts";
import { ports } from "./testing/ports.ts";

const NOW = 1_800_000_000_000;
const [a, b, c] = ["a", "b", "c"].map((id) => ({ id, secret: id.repeat(40) })) as [
  CookiePassword,
  CookiePassword,
  CookiePassword,
];
const purpose = "wos-session";
const at = { purpose, now: NOW };
const formats = ["compact", "iron"] as const;

describe.each(ports)("the key ring on %s", (_name, crypto) => {
  const ring = (passwords: CookiePassword[], format: "compact" | "iron" = "compact") =>
    createKeyRing(passwords, { format, crypto });

  it("opens what any of its passwords sealed in either format, and says what is stale", () =>
    fc.assert(
      fc.asyncProperty(
        anyJson,
        fc.shuffledSubarray([a, b, c], { minLength: 1 }),
        fc.nat(),
        fc.constantFrom(...formats),
        fc.constantFrom(...formats),
        async (value, passwords, pick, sealed, current) => {
          const by = passwords[pick % passwords.length] as CookiePassword;
          const seal = await ring([by], sealed).seal(value, { purpose });
          expect(await ring(passwords, current).open(seal, at)).toEqual({
            ok: true,
            value,
            keyId: by.id,
            format: sealed,
            stale: by !== passwords[0] || sealed !== current,
          });
        },
      ),
      { numRuns: 60 },
    ));

  it("never throws for any text, and opens none", () =>
    fc.assert(
      fc.asyncProperty(
        fc.oneof(
          fc.string({ unit: "binary" }),
          fc
            .tuple(fc.constantFrom("lks1.", "lks1.a.", "Fe26.2*", "Fe26.2*1*"), fc.string())
            .map((parts) => parts.join("")),
        ),
        async (text) => {
          const result = await ring([a, b]).open(text, at);
          expect(result).toMatchObject({ ok: false });
          expect(["malformed", "unknown_key", "tampered"]).toContain(!result.ok && result.reason);
        },
      ),
    ));

  it("is not held up by a seal of any length", async () => {
    const opened = await ring([a]).open(`lks1.a.${"A".repeat(100_000)}`, at);
    expect(opened).toEqual({ ok: false, reason: "malformed" });
  });

  it("tells a password that it has not from a seal that was changed (R5)", async () => {
    const seal = await ring([a]).seal("x", { purpose });
    expect(await ring([b, c]).open(seal, at)).toEqual({ ok: false, reason: "unknown_key" });
    const otherSecret = { id: "a", secret: c.secret };
    expect(await ring([otherSecret]).open(seal, at)).toEqual({ ok: false, reason: "tampered" });
    expect(await ring([a]).open(`${seal.slice(0, -3)}AAA`, at)).toEqual({
      ok: false,
      reason: "tampered",
    });
  });

  it("lets a session live through a change of password and of format", async () => {
    let seal = await ring([a], "iron").seal({ user: 1 }, { purpose });
    for (const next of [ring([b, a], "iron"), ring([b, a]), ring([b]), ring([c, b])]) {
      const opened = await next.open(seal, at);
      expect(opened).toMatchObject({ ok: true, value: { user: 1 } });
      if (opened.ok && opened.stale) seal = await next.seal(opened.value, { purpose });
    }
    expect(await ring([c]).open(seal, at)).toMatchObject({ ok: true, stale: false, keyId: "c" });
  });

  it("calls every password 1 in iron seals, as the vendor's SDKs do, so that they open ours", async () => {
    const seal = await ring([b, a], "iron").seal({ user: 1 }, { purpose });
    expect(seal.startsWith("Fe26.2*1*")).toBe(true);
    expect(await unsealData(seal, { password: b.secret, ttl: 0 })).toEqual({ user: 1 });
  });

  it("tries each password on an iron seal of id 1, and by its id on any other", async () => {
    const vendors = await sealData({ user: 1 }, { password: c.secret, ttl: 0 });
    expect(await ring([a, b, c]).open(vendors, at)).toMatchObject({ ok: true, keyId: "c" });
    expect(await ring([a, b]).open(vendors, at)).toEqual({ ok: false, reason: "tampered" });
    const two = await sealData({ user: 1 }, { password: { 2: c.secret }, ttl: 0 });
    const named = { id: "2", secret: c.secret };
    expect(await ring([a, named]).open(two, at)).toMatchObject({ ok: true, keyId: "2" });
    expect(await ring([a, c]).open(two, at)).toEqual({ ok: false, reason: "unknown_key" });
  });

  it("calls an iron seal of an older iron-session stale", async () => {
    const seal = await ring([a], "iron").seal({ user: 1 }, { purpose });
    expect(await ring([a], "iron").open(seal.slice(0, -2), at)).toMatchObject({
      ok: true,
      stale: true,
    });
  });

  it.each(formats)(
    "ends seals of the format %s by their expiry, whichever password it is",
    async (format) => {
      const seal = await ring([a], format).seal("x", { purpose, expiresAt: NOW });
      const both = ring([b, a], format);
      expect(await both.open(seal, at)).toMatchObject({ ok: true });
      const later = { purpose, now: NOW + 60_000 };
      expect(await both.open(seal, later)).toEqual({ ok: false, reason: "expired" });
    },
  );

  it("says what it seals with", () => {
    expect(ring([b, a], "iron")).toMatchObject({ keyId: "b", format: "iron" });
  });

  it("refuses weak passwords with a TypeError that names their source", () => {
    const weak = [{ id: "a", secret: "short" }];
    expect(() => createKeyRing(weak)).toThrow(/^Cookie passwords: password 1 has 5/);
    expect(() => createKeyRing(weak, { source: "MY_VARIABLE" })).toThrow(/^MY_VARIABLE: /);
  });
});
