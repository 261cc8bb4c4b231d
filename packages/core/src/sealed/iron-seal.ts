/**
 * The documented seal, `Fe26.2*…~2`, as iron-session 8 and the vendor's SDKs read and write it:
 * AES-256-CBC and HMAC-SHA256 under keys that PBKDF2-SHA1 makes of the password in one iteration.
 * docs/reference/sealed-cookie.md has it byte by byte.
 */
import type { CryptoPort } from "../crypto/index.ts";
import { base64url, fromBase64url, fromUtf8, utf8 } from "../encoding.ts";
import type { JsonValue } from "./pack-json.ts";
import { isExpired, type Refused, refused, requireExpiry } from "./seal-result.ts";

export const IRON_PREFIX = "Fe26.2*";
/** What the vendor's SDKs, which know one password, call it. */
export const VENDOR_PASSWORD_ID = "1";
/** An absent id; iron's own word for it. */
const DEFAULT_PASSWORD_ID = "default";
const SALT_BYTES = 32;
const IV_BYTES = 16;
const KEY_BYTES = 32;
const ITERATIONS = 1;

const PART = "([A-Za-z0-9_-]+)";
const SALT = "([0-9a-f]{64})";
const SEAL = new RegExp(
  `^(Fe26\\.2\\*(\\w*)\\*${SALT}\\*${PART}\\*${PART}\\*([1-9][0-9]{0,15})?)\\*${SALT}\\*${PART}(~[12])?$`,
);

/** Nothing in it is proven until opened. */
export interface IronSeal {
  readonly passwordId: string;
  readonly encryptionSalt: string;
  readonly iv: Uint8Array;
  readonly ciphertext: Uint8Array;
  /** Milliseconds since the epoch. */
  readonly expiresAt: number | null;
  readonly macSalt: string;
  readonly mac: Uint8Array;
  /** What the mac covers. */
  readonly signed: string;
  /** Written by iron-session 8 and the vendor's SDKs; otherwise of an older one. */
  readonly isCurrent: boolean;
}

/** `expiresAt` in milliseconds since the epoch, null for never. */
export async function sealIron(
  port: CryptoPort,
  password: string,
  value: JsonValue,
  { expiresAt }: { readonly expiresAt: number | null },
): Promise<string> {
  requireExpiry(expiresAt);
  const text: string | undefined = JSON.stringify(value);
  if (text === undefined) throw new TypeError(`Only JSON can be sealed, not ${typeof value}.`);
  const iv = port.randomBytes(IV_BYTES);
  const encryptionSalt = newSalt(port);
  const encryptionKey = await deriveKey(port, password, encryptionSalt);
  const ciphertext = base64url(await port.encryptAesCbc(encryptionKey, iv, utf8(text)));
  const signed = `${IRON_PREFIX}${VENDOR_PASSWORD_ID}*${encryptionSalt}*${base64url(iv)}*${ciphertext}*${expiresAt ?? ""}`;
  const macSalt = newSalt(port);
  const mac = await port.hmacSha256(await deriveKey(port, password, macSalt), utf8(signed));
  return `${signed}*${macSalt}*${base64url(mac)}~2`;
}

/** Reads the format only. Null for what neither iron-session nor the vendor's SDKs write. */
export function parseIronSeal(text: string): IronSeal | null {
  const match = SEAL.exec(text);
  if (!match) return null;
  const [, signed = "", passwordId, encryptionSalt = "", ivText = "", body = ""] = match;
  const [expiry, macSalt = "", macText = "", suffix] = match.slice(6);
  const iv = fromBase64url(ivText);
  const ciphertext = fromBase64url(body);
  const mac = fromBase64url(macText);
  if (iv?.byteLength !== IV_BYTES || !ciphertext || ciphertext.byteLength % 16 !== 0) return null;
  if (mac?.byteLength !== 32) return null;
  return {
    passwordId: passwordId || DEFAULT_PASSWORD_ID,
    encryptionSalt,
    iv,
    ciphertext,
    expiresAt: expiry === undefined ? null : Number(expiry),
    macSalt,
    mac,
    signed,
    isCurrent: suffix === "~2",
  };
}

/** The mac is judged before the expiry, so that "expired" is said of authentic seals only. */
export async function openIron(
  port: CryptoPort,
  password: string,
  seal: IronSeal,
  { now }: { readonly now: number },
): Promise<{ readonly ok: true; readonly value: JsonValue } | Refused> {
  const macKey = await deriveKey(port, password, seal.macSalt);
  const mac = await port.hmacSha256(macKey, utf8(seal.signed));
  if (!port.timingSafeEqual(mac, seal.mac)) return refused("tampered");
  if (isExpired(seal.expiresAt, now)) return refused("expired");
  const encryptionKey = await deriveKey(port, password, seal.encryptionSalt);
  const plaintext = await port.decryptAesCbc(encryptionKey, seal.iv, seal.ciphertext);
  const value = plaintext && readJson(plaintext);
  if (value === null || value === undefined) return refused("malformed");
  return { ok: true, value: seal.isCurrent ? value.json : persistentPart(value.json) };
}

const newSalt = (port: CryptoPort) =>
  Array.from(port.randomBytes(SALT_BYTES), (byte) => byte.toString(16).padStart(2, "0")).join("");

/** The salt is the hexadecimal text, not the bytes it stands for. */
const deriveKey = (port: CryptoPort, password: string, salt: string) =>
  port.pbkdf2Sha1(utf8(password), utf8(salt), ITERATIONS, KEY_BYTES);

function readJson(bytes: Uint8Array): { readonly json: JsonValue } | null {
  try {
    return { json: JSON.parse(fromUtf8(bytes)) as JsonValue };
  } catch {
    return null;
  }
}

/** iron-session up to 7 wrapped what it sealed; the suffix is outside the mac and proves nothing. */
function persistentPart(value: JsonValue): JsonValue {
  const isObject = typeof value === "object" && value !== null && "persistent" in value;
  return isObject ? (value.persistent ?? value) : value;
}
