/**
 * Latchkey's own seal: `lks1.<key id>.<base64url of nonce, ciphertext and tag>`, AES-256-GCM under
 * a key that is derived once per password. docs/reference/sealed-cookie.md has it byte by byte.
 */
import { type AesKey, after, type CryptoPort, type MaybePromise } from "../crypto/index.ts";
import { base64url, fromBase64url, utf8 } from "../encoding.ts";
import { type JsonValue, packJson } from "./pack-json.ts";
import { isExpired, type Refused, refused, requireExpiry } from "./seal-result.ts";
import { unpackJson } from "./unpack-json.ts";

export const COMPACT_PREFIX = "lks1.";
const KEY_INFO = "latchkey sealed cookie 1";
const KEY_BYTES = 32;
const EXPIRY_BYTES = 6;
const KEY_ID = /^[A-Za-z0-9_-]{1,16}$/;

export interface CompactSeal {
  /** Names the password. Unproven until opened. */
  readonly keyId: string;
  /** Nonce, ciphertext, tag. */
  readonly box: Uint8Array;
}

interface OpenedCompact {
  readonly ok: true;
  readonly value: JsonValue;
}

/** HKDF (RFC 5869) and no slow hash: the passwords are long and random, not thought up. */
export function deriveCompactKey(port: CryptoPort, password: string): MaybePromise<AesKey> {
  const bytes = port.hkdfSha256(utf8(password), new Uint8Array(), KEY_INFO, KEY_BYTES);
  return after(bytes, port.importAes256);
}

/**
 * `purpose` is the cookie's name: bound in as additional data, so that the value of one cookie does
 * not open as another's. `expiresAt` in milliseconds since the epoch, null for never.
 */
export function sealCompact(
  port: CryptoPort,
  key: { readonly id: string; readonly aes: AesKey },
  value: JsonValue,
  { purpose, expiresAt }: { readonly purpose: string; readonly expiresAt: number | null },
): MaybePromise<string> {
  requireExpiry(expiresAt);
  const plaintext = packJson(value, EXPIRY_BYTES);
  writeExpiry(plaintext, expiresAt ?? 0);
  const header = `${COMPACT_PREFIX}${key.id}.`;
  const box = port.sealAesGcm(key.aes, plaintext, utf8(header + purpose));
  return after(box, (bytes) => header + base64url(bytes));
}

/** Reads the format only; nothing is proven. */
export function parseCompactSeal(text: string): CompactSeal | null {
  const end = text.indexOf(".", COMPACT_PREFIX.length);
  const keyId = text.slice(COMPACT_PREFIX.length, end);
  if (!text.startsWith(COMPACT_PREFIX) || end === -1 || !KEY_ID.test(keyId)) return null;
  const box = fromBase64url(text.slice(end + 1));
  return box === null ? null : { keyId, box };
}

export function openCompact(
  port: CryptoPort,
  key: AesKey,
  { keyId, box }: CompactSeal,
  { purpose, now }: { readonly purpose: string; readonly now: number },
): MaybePromise<OpenedCompact | Refused> {
  const additionalData = utf8(`${COMPACT_PREFIX}${keyId}.${purpose}`);
  return after(port.openAesGcm(key, box, additionalData), (plaintext) =>
    plaintext === null ? refused("tampered") : readPlaintext(plaintext, now),
  );
}

function readPlaintext(plaintext: Uint8Array, now: number): OpenedCompact | Refused {
  if (plaintext.byteLength < EXPIRY_BYTES) return refused("malformed");
  if (isExpired(readExpiry(plaintext), now)) return refused("expired");
  const value = unpackJson(plaintext.subarray(EXPIRY_BYTES));
  return value === undefined ? refused("malformed") : { ok: true, value };
}

function writeExpiry(bytes: Uint8Array, expiresAt: number): void {
  let rest = expiresAt;
  for (let i = EXPIRY_BYTES - 1; i >= 0; i--, rest = Math.floor(rest / 256)) bytes[i] = rest % 256;
}

function readExpiry(bytes: Uint8Array): number | null {
  let expiresAt = 0;
  for (let i = 0; i < EXPIRY_BYTES; i++) expiresAt = expiresAt * 256 + (bytes[i] as number);
  return expiresAt === 0 ? null : expiresAt;
}
