/**
 * The code that a person copies from a device (RFC 8628 section 6.1): eight consonants, so that it
 * spells no word, without the ones that look or sound alike in capitals; 34 bits, for ten minutes.
 */
import { crypto } from "@latchkey/core/crypto";

const ALPHABET = "BCDFGHJKLMNPQRSTVWXZ";
const LENGTH = 8;

/** Letters only, each equally likely. */
export function newUserCode(): string {
  const fair = 256 - (256 % ALPHABET.length);
  let code = "";
  while (code.length < LENGTH) {
    for (const byte of crypto.randomBytes(LENGTH * 2)) {
      if (byte < fair && code.length < LENGTH) code += ALPHABET[byte % ALPHABET.length];
    }
  }
  return code;
}

/** What was typed, without case and separators; null when no code can look like that. */
export function readUserCode(typed: string): string | null {
  const letters = typed
    .normalize("NFKC")
    .toUpperCase()
    .replace(/[\s._-]/g, "");
  const isCode = letters.length === LENGTH && [...letters].every((each) => ALPHABET.includes(each));
  return isCode ? letters : null;
}

/** As devices and pages show it: `WDJB-MJHT`. */
export const showUserCode = (code: string): string => `${code.slice(0, 4)}-${code.slice(4)}`;
