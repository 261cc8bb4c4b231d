import { crypto } from "@latchkey/core/crypto";

const LETTERS = "abcdefghijklmnopqrstuvwxyz234567";

/** 130 random bits as one label of a host name: letters and digits, the first a letter. */
export function newTargetLabel(): string {
  return `l${randomLetters(26)}`;
}

export function newOwnershipToken(): string {
  return randomLetters(32);
}

function randomLetters(length: number): string {
  return [...crypto.randomBytes(length)].map((byte) => LETTERS[byte % LETTERS.length]).join("");
}
