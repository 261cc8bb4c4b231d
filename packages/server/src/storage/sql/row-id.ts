import { crypto } from "@latchkey/core/crypto";
import { base64url } from "@latchkey/core/encoding";

/** 128 random bits: rows need no sequence, and no id tells how many there are. */
export function newRowId(): string {
  return base64url(crypto.randomBytes(16));
}
