import { crypto } from "@latchkey/core/crypto";
import { base64url, fromBase64url, fromUtf8, utf8 } from "@latchkey/core/encoding";
import { LatchkeyError } from "@latchkey/core/errors";

/** What a sub-key is for. One purpose never opens what another sealed. */
export type KeyPurpose =
  | "check"
  | "refresh-token"
  | "signing-key"
  | "one-time-code"
  | "address"
  | "binding"
  | "known-device"
  | "replay"
  | "authorization-code"
  | "device-grant"
  | "pending-sign-in"
  | "password-reset"
  | "invitation"
  | "mailed-code"
  | "login-request"
  | "sign-in"
  | "passkey-challenge"
  | "test-account"
  | "provider-secret"
  | "provider-step"
  | "acme-account"
  | "certificate-key"
  | "webhook-secret"
  | "development-secret";

/** The deployment's one secret, from which every other key is derived (RFC 5869). */
export interface MasterKey {
  /** 32 bytes, the same for the same purpose and salt. */
  subkey(purpose: KeyPurpose, salt?: string): Promise<Uint8Array>;
}

const MIN_MASTER_KEY_LENGTH = 32;

export function openMasterKey(secret: string): MasterKey {
  if (secret.length < MIN_MASTER_KEY_LENGTH) {
    throw new TypeError(
      `The master key has ${secret.length} characters; it needs at least ${MIN_MASTER_KEY_LENGTH} random ones (openssl rand -base64 48).`,
    );
  }
  const bytes = utf8(secret);
  const cache = new Map<KeyPurpose, Promise<Uint8Array>>();
  const derive = async (purpose: KeyPurpose, salt: string): Promise<Uint8Array> =>
    crypto.hkdfSha256(bytes, utf8(salt), `latchkey ${purpose}`, 32);
  return {
    subkey(purpose, salt = "") {
      if (salt !== "") return derive(purpose, salt);
      const known = cache.get(purpose) ?? derive(purpose, "");
      cache.set(purpose, known);
      return known;
    },
  };
}

/** Keeps `text` readable only with the master key, and only as what `label` says it is. */
export async function sealText(
  master: MasterKey,
  purpose: KeyPurpose,
  label: string,
  text: string,
): Promise<string> {
  const key = await master.subkey(purpose);
  return base64url(await crypto.sealAesGcm(key, utf8(text), utf8(label)));
}

export async function openText(
  master: MasterKey,
  purpose: KeyPurpose,
  label: string,
  sealed: string,
): Promise<string> {
  const bytes = fromBase64url(sealed);
  const key = await master.subkey(purpose);
  const opened = bytes && (await crypto.openAesGcm(key, bytes, utf8(label)));
  if (!opened) {
    throw new LatchkeyError(
      "master_key_mismatch",
      503,
      "A stored secret does not open with this server's master key. Start it with the LATCHKEY_MASTER_KEY that this database was created with.",
    );
  }
  return fromUtf8(opened);
}

/** HMAC under a purpose's sub-key, base64url: for values looked up but never read back. */
export async function keyedHash(
  master: MasterKey,
  purpose: KeyPurpose,
  ...parts: string[]
): Promise<string> {
  const key = await master.subkey(purpose);
  // Lengths keep two lists of parts from meaning the same bytes.
  const text = parts.map((part) => `${part.length}:${part}`).join("");
  return base64url(await crypto.hmacSha256(key, utf8(text)));
}
