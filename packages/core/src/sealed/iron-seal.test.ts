import { createHmac, pbkdf2Sync } from "node:crypto";
import fc from "fast-check";
import { sealData, unsealData } from "iron-session";
import * as iron from "iron-webcrypto";
import { describe, expect, it } from "vitest";
import { base64url, utf8 } from "../encoding.ts";
import { type IronSeal, openIron, parseIronSeal, sealIron } from "./iron-seal.ts";
import type { JsonValue } from "./pack-json.ts";
import { anyJson } from "./testing/json.ts";
import { ports } from "./testing/ports.ts";
import { typicalSession } from "./testing/typical-session.ts";

const password = "a password of more than 32 characters";
const other = "another password, of more than 32 characters";
const NOW = 1_800_000_000_000;
const MINUTE = 60_000;
const never = { expiresAt: null };
const bothWays = { numRuns: 60 };

/** As the vendor's SDK calls it. */
const vendorOptions = { ...iron.defaults, ttl: 0, encode: JSON.stringify };
const vendorSeal = async (value: unknown, ttl = 0, localtimeOffsetMsec = 0) =>
  `${await iron.seal(value, { id: "1", secret: password }, { ...vendorOptions, ttl, localtimeOffsetMsec })}~2`;
const vendorUnseal = (seal: string, options = {}) =>
  iron.unseal(seal.split("~")[0] ?? "", { 1: password }, { ...vendorOptions, ...options });

/** A seal that is right in all but what the parts say. */
function forge(parts: { id?: string; body?: string; salt?: string; iv?: string; expiry?: string }) {
  const { id = "1", salt = "0".repeat(64), iv = base64url(new Uint8Array(16)) } = parts;
  const signed = `Fe26.2*${id}*${salt}*${iv}*${parts.body ?? "AAAAAAAAAAAAAAAAAAAAAA"}*${parts.expiry ?? ""}`;
  const macSalt = "f".repeat(64);
  const key = pbkdf2Sync(password, macSalt, 1, 32, "sha1");
  return `${signed}*${macSalt}*${createHmac("sha256", key).update(signed).digest("base64url")}~2`;
}

describe.each(ports)("the documented seal on %s", (_name, port) => {
  const seal = (value: JsonValue, expiresAt: number | null = null) =>
    sealIron(port, password, value, { expiresAt });
  async function open(text: string, now = NOW, secret = password) {
    const parsed = parseIronSeal(text);
    return parsed ? openIron(port, secret, parsed, { now }) : "not a seal";
  }

  it("opens with iron-webcrypto 2, which the vendor's SDK carries, whatever the JSON", () =>
    fc.assert(
      fc.asyncProperty(anyJson, async (value) => {
        expect(await vendorUnseal(await seal(value))).toEqual(value);
      }),
      bothWays,
    ));

  it("opens what iron-webcrypto 2 sealed, whatever the JSON", () =>
    fc.assert(
      fc.asyncProperty(anyJson, async (value) => {
        expect(await open(await vendorSeal(value))).toEqual({ ok: true, value });
      }),
      bothWays,
    ));

  it("opens with iron-session 8, and opens what that sealed", () =>
    fc.assert(
      fc.asyncProperty(fc.dictionary(fc.string(), anyJson), async (value) => {
        const data = JSON.parse(JSON.stringify(value)) as { [name: string]: JsonValue };
        expect(await unsealData(await seal(data), { password, ttl: 0 })).toEqual(data);
        const theirs = await sealData(data, { password, ttl: 0 });
        expect(await open(theirs)).toEqual({ ok: true, value: data });
        const timed = await sealData(data, { password, ttl: 600 });
        expect(await open(timed, Date.now())).toEqual({ ok: true, value: data });
      }),
      bothWays,
    ));

  it("writes the very parts that iron-session writes, in the same lengths", async () => {
    const session = await typicalSession();
    const lengths = (text: string) => text.split("*").map((part) => part.length);
    const theirs = await sealData(session, { password, ttl: 0 });
    const ours = await seal(session as unknown as JsonValue);
    expect(lengths(ours)).toEqual(lengths(theirs));
    expect(ours.slice(0, 9)).toBe(theirs.slice(0, 9));
    expect(ours.endsWith("~2")).toBe(true);
  });

  it("never writes one salt or vector twice", async () => {
    const seals = await Promise.all(Array.from({ length: 50 }, () => seal("same")));
    const parts = seals.flatMap((text) => [2, 3, 6].map((part) => text.split("*")[part]));
    expect(new Set(parts).size).toBe(150);
  });

  it("is over a minute after its expiry, as with iron: servers' clocks differ", async () => {
    const text = await seal("x", NOW);
    for (const [now, over] of [
      [NOW, false],
      [NOW + MINUTE - 1, false],
      [NOW + MINUTE, true],
    ] as const) {
      expect((await open(text, now)) as object).toMatchObject({ ok: !over });
      const theirs = vendorUnseal(text, { localtimeOffsetMsec: now - Date.now() });
      // The real clock goes on in between: not asked at the last millisecond.
      if (now !== NOW + MINUTE - 1) {
        await (over
          ? expect(theirs).rejects.toThrow("Expired seal")
          : expect(theirs).resolves.toBe("x"));
      }
    }
    expect(await open(text, NOW + MINUTE)).toEqual({ ok: false, reason: "expired" });
    const theirs = await vendorSeal("x", 5 * MINUTE, NOW - Date.now());
    expect((await open(theirs, NOW + 4 * MINUTE)) as object).toMatchObject({ ok: true });
    expect(await open(theirs, NOW + 7 * MINUTE)).toEqual({ ok: false, reason: "expired" });
  });

  it("says expired of authentic seals only (R5)", async () => {
    const text = (await seal("x", NOW)).replace(`*${NOW}*`, `*${NOW - 1}*`);
    expect(await open(text, NOW + MINUTE)).toEqual({ ok: false, reason: "tampered" });
  });

  it("is tampered with once any character of it differs, and never throws", async () => {
    const text = await seal({ secret: "kept" }, NOW + MINUTE);
    await fc.assert(
      fc.asyncProperty(
        fc.nat(text.length - 1),
        fc.constantFrom(..."Aa09-_*.~é "),
        async (at, character) => {
          const changed = text.slice(0, at) + character + text.slice(at + 1);
          fc.pre(changed !== text);
          const result = await open(changed);
          expect(result === "not a seal" || (!result.ok && result.reason === "tampered")).toBe(
            true,
          );
        },
      ),
      { numRuns: 300 },
    );
  });

  it("does not open with another password, nor with the right one in another case", async () => {
    const text = await seal("x");
    for (const wrong of [other, password.toUpperCase(), `${password} `]) {
      expect(await open(text, NOW, wrong)).toEqual({ ok: false, reason: "tampered" });
    }
  });

  it.each([
    ["garbage", "garbage"],
    ["nothing", ""],
    ["a seal cut short", forge({}).slice(0, 90)],
    ["a part too few", forge({}).replace("*1*", "*")],
    ["a part too many", `Fe26.2*1*${forge({}).slice(7)}`],
    ["another mac prefix, on which the vendor's SDK throws", forge({}).replace("Fe26.2", "Fe26.1")],
    ["a suffix of the future", forge({}).replace("~2", "~3")],
    ["two suffixes", `${forge({})}~2`],
    ["padding", forge({}).replace("~2", "=~2")],
    ["a vector of another length", forge({ iv: base64url(new Uint8Array(12)) })],
    ["a ciphertext of half a block", forge({ body: base64url(new Uint8Array(24)) })],
    ["no ciphertext", forge({ body: "" })],
    ["a short salt", forge({ salt: "0".repeat(62) })],
    ["a salt in capitals", forge({ salt: "A".repeat(64) })],
    ["an expiry that is no number", forge({ expiry: "soon" })],
    ["an expiry with a leading zero", forge({ expiry: "01" })],
    ["a password id that iron forbids", forge({ id: "a-b" })],
    ["a line break", `${forge({})}\n`],
  ])("does not take %s for a seal", async (_case, text) => {
    expect(await open(text)).toBe("not a seal");
  });

  it("calls authentic content that is no JSON malformed", async () => {
    const key = await port.pbkdf2Sha1(utf8(password), utf8("0".repeat(64)), 1, 32);
    for (const content of ["", "{", "\ufeff1", "plain"]) {
      const body = await port.encryptAesCbc(key, new Uint8Array(16), utf8(content));
      expect(await open(forge({ body: base64url(body) }))).toEqual({
        ok: false,
        reason: "malformed",
      });
    }
    // Padding that is wrong under an authentic mac.
    expect(await open(forge({}))).toEqual({ ok: false, reason: "malformed" });
  });

  it("reads the wrapped content of iron-session up to 7, by suffix ~1 or none", async () => {
    const wrapped = (await seal({ persistent: { user: 1 }, flash: {} })).slice(0, -2);
    for (const suffix of ["", "~1"]) {
      const text = wrapped + suffix;
      expect(await open(text)).toEqual({ ok: true, value: { user: 1 } });
      expect(await unsealData(text, { password, ttl: 0 })).toEqual({ user: 1 });
      expect((parseIronSeal(text) as IronSeal).isCurrent).toBe(false);
    }
    expect(await open(`${wrapped}~2`)).toEqual({
      ok: true,
      value: { persistent: { user: 1 }, flash: {} },
    });
  });

  it("reads unwrapped content without a suffix as the vendor's SDK does", async () => {
    for (const value of [{ user: 1 }, [1], "text", null, { persistent: null }] as JsonValue[]) {
      expect(await open((await seal(value)).slice(0, -2))).toEqual({ ok: true, value });
    }
  });

  it("calls a password without an id what iron calls it", async () => {
    expect(parseIronSeal(forge({ id: "" }))?.passwordId).toBe("default");
    expect(parseIronSeal(forge({ id: "main_2" }))?.passwordId).toBe("main_2");
  });

  it("refuses what cannot be sealed with a TypeError", async () => {
    for (const value of [undefined, () => 1]) {
      await expect(sealIron(port, password, value as unknown as JsonValue, never)).rejects.toThrow(
        TypeError,
      );
    }
    for (const expiresAt of [0, -1, 1.5, Number.NaN, 2 ** 48]) {
      await expect(seal("x", expiresAt)).rejects.toThrow(TypeError);
    }
  });
});

it.each(ports)("a seal made on %s opens on every port", async (_name, port) => {
  const text = await sealIron(port, password, { a: "ł" }, never);
  for (const [, reader] of ports) {
    const opened = await openIron(reader, password, parseIronSeal(text) as IronSeal, { now: NOW });
    expect(opened).toEqual({ ok: true, value: { a: "ł" } });
  }
});
