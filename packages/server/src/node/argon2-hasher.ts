/** Argon2id (RFC 9106) by node:crypto, in PHC strings as every other argon2 library reads and writes. */
import * as nodeCrypto from "node:crypto";
import { promisify } from "node:util";
import type { PasswordHasher } from "../users/password-hasher.ts";

/** 19 MiB, two passes, one lane: the least that OWASP names. */
const COST = { memory: 19_456, passes: 2, parallelism: 1 };
const SALT_BYTES = 16;
const TAG_BYTES = 32;
const PHC =
  /^\$argon2id\$v=19\$m=([0-9]{1,7}),t=([0-9]{1,3}),p=([0-9]{1,2})\$([A-Za-z0-9+/]{11,86})\$([A-Za-z0-9+/]{43})$/;

/** Null on a Node without argon2 (before 24.7): passwords are switched off there. */
export function argon2Hasher(): PasswordHasher | null {
  if (typeof nodeCrypto.argon2 !== "function") return null;
  const argon2 = promisify(nodeCrypto.argon2);
  const derive = (password: string, nonce: Uint8Array, cost: typeof COST) =>
    argon2("argon2id", {
      message: password.normalize("NFKC"),
      nonce,
      tagLength: TAG_BYTES,
      ...cost,
    });

  return {
    async hash(password) {
      const salt = nodeCrypto.randomBytes(SALT_BYTES);
      const tag = await derive(password, salt, COST);
      const { memory, passes, parallelism } = COST;
      return `$argon2id$v=19$m=${memory},t=${passes},p=${parallelism}$${base64(salt)}$${base64(tag)}`;
    },
    async verify(hash, password) {
      const [, memory, passes, parallelism, salt = "", tag = ""] = PHC.exec(hash) ?? [];
      if (memory === undefined) return false;
      const cost = {
        memory: Number(memory),
        passes: Number(passes),
        parallelism: Number(parallelism),
      };
      const derived = await derive(password, Buffer.from(salt, "base64"), cost);
      const expected = Buffer.from(tag, "base64");
      return derived.length === expected.length && nodeCrypto.timingSafeEqual(derived, expected);
    },
  };
}

/** Without padding, as PHC strings are. */
const base64 = (bytes: Uint8Array): string =>
  Buffer.from(bytes).toString("base64").replace(/=+$/, "");
