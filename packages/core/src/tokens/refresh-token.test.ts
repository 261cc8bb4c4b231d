import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { crypto } from "../crypto/index.ts";
import { base64url, utf8 } from "../encoding.ts";
import {
  formatRefreshToken,
  hashTokenSecret,
  isAuthentic,
  newTokenSecret,
  parseRefreshToken,
  type RefreshToken,
} from "./refresh-token.ts";

const name = fc.stringMatching(/^[A-Za-z0-9_-]{1,64}$/);
const count = fc.integer({ min: 0, max: 999_999_999_999_999 });
const bytes = (length: number) => fc.uint8Array({ minLength: length, maxLength: length });
const token: fc.Arbitrary<RefreshToken> = fc.record({
  kid: name,
  sid: name,
  generation: count,
  absoluteExpiry: count,
  r: bytes(16).map(base64url),
});
const key = bytes(32);

const sample: RefreshToken = {
  kid: "Zk3_-0aBcD",
  sid: "MDEyMzQ1Njc4OWFiY2RlZg",
  generation: 7,
  absoluteExpiry: 1_900_000_000,
  r: "AAECAwQFBgcICQoLDA0ODw",
};
const sampleKey = new Uint8Array(32).fill(7);
const sampleText = await formatRefreshToken(sample, sampleKey);

async function accepted(text: string, under: Uint8Array): Promise<boolean> {
  const parsed = parseRefreshToken(text);
  return parsed !== null && isAuthentic(parsed, under);
}

describe("R1 the refresh token", () => {
  it("is lk1.kid.sid.generation.absoluteExpiry.r.mac, the mac HMAC-SHA-256 over all before it", async () => {
    const signed = "lk1.Zk3_-0aBcD.MDEyMzQ1Njc4OWFiY2RlZg.7.1900000000.AAECAwQFBgcICQoLDA0ODw";
    const mac = base64url(await crypto.hmacSha256(sampleKey, utf8(signed)));
    expect(sampleText).toBe(`${signed}.${mac}`);
  });

  it("reads back what it wrote, and proves it", async () => {
    await fc.assert(
      fc.asyncProperty(token, key, async (written, secret) => {
        const parsed = parseRefreshToken(await formatRefreshToken(written, secret));
        expect(parsed).toMatchObject(written);
        expect(parsed && (await isAuthentic(parsed, secret))).toBe(true);
      }),
    );
  });

  it("has one spelling: whatever text parses is the one that its values are written as", async () => {
    await fc.assert(
      fc.asyncProperty(token, key, async (written, secret) => {
        const text = await formatRefreshToken(written, secret);
        const parsed = parseRefreshToken(text);
        expect(parsed && (await formatRefreshToken(parsed, secret))).toBe(text);
      }),
    );
    const [before, r, mac] = [sampleText.split(".").slice(0, 5).join("."), sample.r, macOf()];
    for (const text of [
      `${before}.${r}=.${mac}`,
      `${before}.${r}.${mac}=`,
      `${before}.${r.slice(0, -1)}x.${mac}`,
      ` ${sampleText}`,
      `${sampleText}\n`,
      `${sampleText}.`,
      sampleText.replace(".7.", ".07."),
      sampleText.replace(".7.", ".+7."),
      sampleText.replace(".7.", ".7e0."),
      sampleText.replace(".7.", ".-0."),
    ]) {
      expect(parseRefreshToken(text), text).toBeNull();
    }
  });

  it("is the same, byte for byte, for everyone who computes a generation's successor", async () => {
    await fc.assert(
      fc.asyncProperty(token, key, async (presented, secret) => {
        const next = { ...presented, generation: Math.min(presented.generation + 1, 1e15 - 1) };
        const answers = await Promise.all([1, 2, 3].map(() => formatRefreshToken(next, secret)));
        expect(new Set(answers).size).toBe(1);
      }),
    );
  });

  it("is refused with any one character changed, put in or taken out", async () => {
    const alphabet = [..."ABZaz019-_.", "=", "+", "/", " ", "\0", "é", "\u{1F600}"];
    for (let at = 0; at < sampleText.length; at++) {
      const [head, tail] = [sampleText.slice(0, at), sampleText.slice(at + 1)];
      expect(await accepted(head + tail, sampleKey), `without ${at}`).toBe(false);
      for (const char of alphabet) {
        if (char !== sampleText[at]) {
          expect(await accepted(head + char + tail, sampleKey), `${char} at ${at}`).toBe(false);
        }
        const longer = sampleText.slice(0, at) + char + sampleText.slice(at);
        if (longer !== sampleText) expect(await accepted(longer, sampleKey)).toBe(false);
      }
    }
  });

  it("is refused with any single bit of it flipped", async () => {
    const original = utf8(sampleText);
    for (let bit = 0; bit < original.length * 8; bit++) {
      const flipped = original.slice();
      const at = bit >> 3;
      flipped[at] = (flipped[at] ?? 0) ^ (1 << (bit & 7));
      const text = new TextDecoder("latin1").decode(flipped);
      expect(await accepted(text, sampleKey), `bit ${bit}`).toBe(false);
    }
  });

  it("does not verify under any other key, nor one token's mac on another token", async () => {
    await fc.assert(
      fc.asyncProperty(token, token, key, key, async (one, other, right, wrong) => {
        fc.pre(base64url(right) !== base64url(wrong));
        const text = await formatRefreshToken(one, right);
        expect(await accepted(text, wrong)).toBe(false);
        const foreign = await formatRefreshToken(other, right);
        fc.pre(foreign !== text);
        const spliced = `${text.slice(0, text.lastIndexOf("."))}${foreign.slice(foreign.lastIndexOf("."))}`;
        fc.pre(spliced !== text);
        expect(await accepted(spliced, right)).toBe(false);
      }),
    );
  });

  it("answers null to any other text, however long, and never throws", () => {
    const nearly = fc
      .array(fc.oneof(name, fc.constantFrom("lk1", "", "0", "-1", "1e9", "9".repeat(16))), {
        minLength: 6,
        maxLength: 8,
      })
      .map((parts) => parts.join("."));
    fc.assert(
      fc.property(fc.oneof(fc.string(), fc.string({ unit: "binary" }), nearly), (text) => {
        expect(parseRefreshToken(text)).toBeNull();
      }),
      { numRuns: 1000 },
    );
    expect(parseRefreshToken(`lk1.${"a".repeat(1_000_000)}`)).toBeNull();
    expect(parseRefreshToken(`${sampleText}${".".repeat(1_000_000)}`)).toBeNull();
    expect(parseRefreshToken(sampleText.replace("lk1", "lk2"))).toBeNull();
  });

  it("names a generation that a number holds exactly, and none above", async () => {
    const largest = { ...sample, generation: 999_999_999_999_999 };
    const text = await formatRefreshToken(largest, sampleKey);
    expect(parseRefreshToken(text)?.generation).toBe(999_999_999_999_999);
    for (const tooLarge of ["1000000000000000", "9007199254740993", "1".repeat(40)]) {
      expect(parseRefreshToken(sampleText.replace(".7.", `.${tooLarge}.`))).toBeNull();
    }
  });

  it("carries 128 bits of a secure generator, of which the row keeps a digest (ASVS 7.2.3)", async () => {
    const secrets = Array.from({ length: 1000 }, newTokenSecret);
    expect(new Set(secrets).size).toBe(1000);
    for (const r of secrets) expect(parseRefreshToken(sampleText.replace(sample.r, r))?.r).toBe(r);
    const [r = ""] = secrets;
    const kept = await hashTokenSecret(r);
    expect(kept).toBe(base64url(await crypto.sha256(utf8(r))));
    expect(kept).not.toContain(r);
  });
});

function macOf(): string {
  return sampleText.slice(sampleText.lastIndexOf(".") + 1);
}
