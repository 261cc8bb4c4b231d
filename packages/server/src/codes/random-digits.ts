import { crypto } from "@latchkey/core/crypto";

/** Decimal digits, each number of that length equally likely; at most nine. */
export function randomDigits(length: number): string {
  const limit = 10 ** length;
  const fair = Math.floor(2 ** 32 / limit) * limit;
  for (;;) {
    const bytes = crypto.randomBytes(4);
    const value = new DataView(bytes.buffer, bytes.byteOffset).getUint32(0);
    if (value < fair) return String(value % limit).padStart(length, "0");
  }
}
