/**
 * The two spellings of an ECDSA signature on P-256: the DER sequence of RFC 3279 section 2.2.3,
 * and r then s in 64 bytes, which a JWT carries (RFC 7518 section 3.4).
 */

const SCALAR_BYTES = 32;
export const RAW_SIGNATURE_BYTES = 2 * SCALAR_BYTES;

const SEQUENCE = 0x30;
const INTEGER = 0x02;

/**
 * `der` must be a signature that was just made: its form is not checked.
 *
 * @param raw 64 bytes to write into
 */
export function rawFromDer(
  der: Uint8Array,
  raw: Uint8Array<ArrayBuffer> = new Uint8Array(RAW_SIGNATURE_BYTES),
): Uint8Array<ArrayBuffer> {
  // No length here reaches 128, so each is one byte.
  const rEnd = 4 + (der[3] as number);
  const sEnd = rEnd + 2 + (der[rEnd + 1] as number);
  copyLeftwards(der, rEnd, 4, raw, SCALAR_BYTES);
  copyLeftwards(der, sEnd, rEnd + 2, raw, RAW_SIGNATURE_BYTES);
  return raw;
}

/** Throws a TypeError unless `raw` has 64 bytes. Whether they sign anything is not looked at. */
export function derFromRaw(raw: Uint8Array): Uint8Array<ArrayBuffer> {
  if (raw.byteLength !== RAW_SIGNATURE_BYTES) {
    throw new TypeError(`An ES256 signature has 64 bytes, not ${raw.byteLength}.`);
  }
  const rStart = firstByte(raw, 0);
  const sStart = firstByte(raw, SCALAR_BYTES);
  const rSign = signByte(raw, rStart);
  const sSign = signByte(raw, sStart);
  const rLength = SCALAR_BYTES - rStart + rSign;
  const sLength = RAW_SIGNATURE_BYTES - sStart + sSign;
  const der = new Uint8Array(6 + rLength + sLength);
  der.set([SEQUENCE, 4 + rLength + sLength, INTEGER, rLength]);
  der.set(raw.subarray(rStart, SCALAR_BYTES), 4 + rSign);
  der.set([INTEGER, sLength], 4 + rLength);
  der.set(raw.subarray(sStart), 6 + rLength + sSign);
  return der;
}

/**
 * Writes the 32 bytes before `end` of `raw` from those between `start` and `from` of `der`: without
 * the zero that only says "not negative", with the zeros that a short scalar lacks.
 */
function copyLeftwards(
  der: Uint8Array,
  from: number,
  start: number,
  raw: Uint8Array,
  end: number,
): void {
  for (let back = 1; back <= SCALAR_BYTES; back++) {
    raw[end - back] = from - back >= start ? (der[from - back] as number) : 0;
  }
}

/** Where the scalar at `start` begins without its leading zeros; its last byte always stays. */
function firstByte(raw: Uint8Array, start: number): number {
  let at = start;
  while (at < start + SCALAR_BYTES - 1 && raw[at] === 0) at++;
  return at;
}

/** A DER integer is signed: one more zero before a first bit that is set. */
function signByte(raw: Uint8Array, at: number): 0 | 1 {
  return (raw[at] as number) >= 0x80 ? 1 : 0;
}
