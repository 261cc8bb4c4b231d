import { createDecipheriv, hkdfSync } from "node:crypto";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { base64url, fromBase64url, utf8 } from "../encoding.ts";
import {
  type CompactSeal,
  deriveCompactKey,
  openCompact,
  parseCompactSeal,
  sealCompact,
} from "./compact-seal.ts";
import type { JsonValue } from "./pack-json.ts";
import { anyJson } from "./testing/json.ts";
import { ports } from "./testing/ports.ts";

const password = "a password of more than 32 characters";
const NOW = 1_800_000_000_000;
const MINUTE = 60_000;
const purpose = "wos-session";

describe.each(ports)("the compact seal on %s", async (_name, port) => {
  const aes = await deriveCompactKey(port, password);
  const seal = (value: JsonValue, expiresAt: number | null = null, id = "k1") =>
    sealCompact(port, { id, aes }, value, { purpose, expiresAt });
  async function open(text: string, options: { now?: number; purpose?: string } = {}) {
    const parsed = parseCompactSeal(text);
    if (!parsed) return "not a seal";
    return openCompact(port, aes, parsed, { purpose, now: NOW, ...options });
  }

  it("opens to what was sealed, whatever the JSON, on every port", () =>
    fc.assert(
      fc.asyncProperty(anyJson, async (value) => {
        const text = await seal(value);
        for (const [, reader] of ports) {
          const key = await deriveCompactKey(reader, password);
          const parsed = parseCompactSeal(text) as CompactSeal;
          const opened = await openCompact(reader, key, parsed, { purpose, now: NOW });
          expect(opened).toEqual({ ok: true, value });
        }
      }),
    ));

  it("is written in characters that no cookie library escapes", () =>
    fc.assert(
      fc.asyncProperty(anyJson, async (value) => {
        const text = await seal(value);
        expect(text).toMatch(/^lks1\.k1\.[A-Za-z0-9_-]+$/);
        expect(encodeURIComponent(text)).toBe(text);
      }),
    ));

  it("does not open under another cookie's name: none stands in for another", async () => {
    const text = await seal({ nonce: "n" });
    for (const name of ["wos-auth-verifier", "wos-session.0", "", "WOS-session"]) {
      expect(await open(text, { purpose: name })).toEqual({ ok: false, reason: "tampered" });
    }
  });

  it("binds the key's id and the version", async () => {
    const text = await seal("x");
    expect(await open(text.replace(".k1.", ".k2."))).toEqual({ ok: false, reason: "tampered" });
    expect(await open(text.replace("lks1.", "lks2."))).toBe("not a seal");
  });

  it("keeps id and name apart: no shift of characters between them opens", async () => {
    const text = await sealCompact(port, { id: "a", aes }, "x", {
      purpose: "b.c",
      expiresAt: null,
    });
    const shifted = parseCompactSeal(text.replace("lks1.a.", "lks1.a.b.")) ?? "not a seal";
    expect(shifted).toBe("not a seal");
  });

  it("is tampered with once a single bit differs", async () => {
    const text = await seal({ secret: "kept" });
    const box = fromBase64url(text.slice(8)) as Uint8Array;
    for (let i = 0; i < box.byteLength * 8; i++) {
      const changed = Uint8Array.from(box);
      changed[i >> 3] = (changed[i >> 3] as number) ^ (1 << (i & 7));
      const result = await open(`lks1.k1.${base64url(changed)}`);
      expect(result).toEqual({ ok: false, reason: "tampered" });
    }
  });

  it.each([
    ["nothing", "lks1."],
    ["no id", "lks1..AAAA"],
    ["an id of 17 characters", `lks1.${"k".repeat(17)}.AAAA`],
    ["an id of other characters", "lks1.k*1.AAAA"],
    ["no box", "lks1.k1"],
    ["a dot in the box", "lks1.k1.AAAA.AAAA"],
    ["padding", "lks1.k1.AAA="],
    ["another spelling of the last byte", "lks1.k1.AB"],
    ["a line break", "lks1.k1.AAAA\n"],
  ])("does not take %s for a seal", async (_case, text) => {
    expect(await open(text)).toBe("not a seal");
  });

  it("is tampered with when it is cut short, to any length", async () => {
    const text = await seal("x");
    for (let length = "lks1.k1.".length; length < text.length; length++) {
      const result = await open(text.slice(0, length));
      expect(result === "not a seal" || (!result.ok && result.reason)).toSatisfy(
        (reason) => reason === true || reason === "tampered",
      );
    }
  });

  it("is over a minute after its expiry, and says so of authentic seals only (R5)", async () => {
    const text = await seal("x", NOW);
    expect(await open(text, { now: NOW + MINUTE - 1 })).toEqual({ ok: true, value: "x" });
    expect(await open(text, { now: NOW + MINUTE })).toEqual({ ok: false, reason: "expired" });
    const forged = `${text.slice(0, -2)}AA`;
    expect(await open(forged, { now: NOW + MINUTE })).toEqual({ ok: false, reason: "tampered" });
    expect(await open(await seal("x"), { now: 2 ** 48 })).toEqual({ ok: true, value: "x" });
    expect(await open(await seal("x", 2 ** 48 - 1))).toEqual({ ok: true, value: "x" });
    for (const expiresAt of [0, -1, 1.5, Number.NaN, 2 ** 48]) {
      expect(() => seal("x", expiresAt)).toThrow(TypeError);
    }
  });

  it("calls authentic content of another form malformed", async () => {
    for (const content of ["", "short", "\0\0\0\0\0\0\xff", "\0\0\0\0\0\0\0\0"]) {
      const box = await port.sealAesGcm(aes, utf8(content), utf8(`lks1.k1.${purpose}`));
      const result = await open(`lks1.k1.${base64url(box)}`);
      expect(result).toEqual({ ok: false, reason: "malformed" });
    }
  });

  it("never uses a nonce twice", async () => {
    const seals = await Promise.all(Array.from({ length: 100 }, () => seal("same")));
    expect(new Set(seals.map((text) => text.slice(8, 24))).size).toBe(100);
  });

  it("is what an opener finds that knows nothing but the reference document", async () => {
    const text = await seal({ user: { id: "user_1" }, refreshToken: "A".repeat(16) }, NOW);
    const [version, id, box = ""] = text.split(".");
    const bytes = Buffer.from(box, "base64url");
    const key = hkdfSync("sha256", password, "", "latchkey sealed cookie 1", 32);
    const decipher = createDecipheriv("aes-256-gcm", Buffer.from(key), bytes.subarray(0, 12));
    decipher.setAAD(Buffer.from(`${version}.${id}.wos-session`)).setAuthTag(bytes.subarray(-16));
    const plaintext = Buffer.concat([decipher.update(bytes.subarray(12, -16)), decipher.final()]);
    expect(plaintext.readUIntBE(0, 6)).toBe(NOW);
    // An object of 2: user, an object of 1: id, 6 bytes of text; refreshToken, 1 part of 12 bytes.
    expect(plaintext.subarray(6).toString("hex")).toBe(
      `14080c1c31${Buffer.from("user_1").toString("hex")}040a19${"00".repeat(12)}`,
    );
  });
});
