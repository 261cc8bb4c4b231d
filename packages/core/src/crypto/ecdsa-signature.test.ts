import { generateKeyPairSync, sign, verify } from "node:crypto";
import fc from "fast-check";
import { expect, test } from "vitest";
import { derFromRaw, rawFromDer } from "./ecdsa-signature.ts";

/** Scalars of every length that DER writes: with leading zeros, and with the first bit set. */
const scalar = fc
  .tuple(fc.nat({ max: 32 }), fc.uint8Array({ minLength: 32, maxLength: 32 }))
  .map(([zeros, bytes]) => bytes.fill(0, 0, zeros));
const raw = fc.tuple(scalar, scalar).map(([r, s]) => new Uint8Array([...r, ...s]));

test("every r and s survives DER, which is as short as X.690 section 8.3.2 asks", () => {
  fc.assert(
    fc.property(raw, (signature) => {
      const der = derFromRaw(signature);
      expect(rawFromDer(der)).toEqual(signature);
      expect(der[1]).toBe(der.byteLength - 2);
      const rLength = der[3] as number;
      for (const integer of [der.subarray(4, 4 + rLength), der.subarray(6 + rLength)]) {
        const [first = 0, second = 0] = integer;
        expect(first).toBeLessThan(0x80);
        if (integer.byteLength > 1 && first === 0) expect(second).toBeGreaterThanOrEqual(0x80);
      }
    }),
    { numRuns: 1000 },
  );
});

test("node:crypto verifies in either spelling what it signed in the other", () => {
  const { privateKey, publicKey } = generateKeyPairSync("ec", { namedCurve: "P-256" });
  const rawOption = { dsaEncoding: "ieee-p1363" } as const;
  fc.assert(
    fc.property(fc.uint8Array(), (data) => {
      const der = sign("sha256", data, privateKey);
      expect(verify("sha256", data, { key: publicKey, ...rawOption }, rawFromDer(der))).toBe(true);
      const signature = sign("sha256", data, { key: privateKey, ...rawOption });
      expect(verify("sha256", data, publicKey, derFromRaw(signature))).toBe(true);
    }),
    { numRuns: 500 },
  );
});

test("a signature that has not 64 bytes is misuse", () => {
  expect(() => derFromRaw(new Uint8Array(63))).toThrow(TypeError);
});
