/**
 * The refresh token of session rule R1: `lk1.kid.sid.generation.absoluteExpiry.r.mac`.
 *
 * `r` is 128 random bits made at sign-in and held only in the token; the session row keeps
 * SHA-256(r). The mac is HMAC-SHA-256 under the sub-key named by `kid`, over everything before it.
 * A successor is computed from the token presented, so every retry, tab and reordered answer of
 * one generation yields the same one, and neither the database nor the key alone yields any.
 */
import { after, crypto, type MaybePromise } from "../crypto/index.ts";
import { base64url, fromBase64url } from "../encoding.ts";

const VERSION = "lk1";
const RANDOM_BYTES = 16;
const MAC_BYTES = 32;
/** Longer input is refused unread. */
const MAX_LENGTH = 512;

export interface RefreshToken {
  /** Names the sub-key of the mac. */
  readonly kid: string;
  /** Session id. */
  readonly sid: string;
  /** How often the session had moved when this token was current. */
  readonly generation: number;
  /** Seconds since the epoch, never extended. */
  readonly absoluteExpiry: number;
  /** 128 random bits in base64url. Secret. */
  readonly r: string;
}

export type ParsedRefreshToken = RefreshToken & {
  readonly signed: string;
  readonly mac: Uint8Array;
};

const NAME = /^[A-Za-z0-9_-]{1,64}$/;
const WHOLE_NUMBER = /^(0|[1-9][0-9]{0,14})$/;

/** Reads the format only. Null for anything that this server never issued; the mac is unproven. */
export function parseRefreshToken(text: string): ParsedRefreshToken | null {
  if (text.length > MAX_LENGTH) return null;
  const parts = text.split(".");
  if (parts.length !== 7) return null;
  const [version, kid, sid, generation, absoluteExpiry, r, mac] = parts as [
    string,
    string,
    string,
    string,
    string,
    string,
    string,
  ];
  if (version !== VERSION || !NAME.test(kid) || !NAME.test(sid)) return null;
  if (!WHOLE_NUMBER.test(generation) || !WHOLE_NUMBER.test(absoluteExpiry)) return null;
  const macBytes = fromBase64url(mac);
  if (macBytes?.byteLength !== MAC_BYTES) return null;
  if (fromBase64url(r)?.byteLength !== RANDOM_BYTES) return null;
  return {
    kid,
    sid,
    generation: Number(generation),
    absoluteExpiry: Number(absoluteExpiry),
    r,
    signed: text.slice(0, text.length - mac.length - 1),
    mac: macBytes,
  };
}

/** Whether the mac was made with `key`. Constant time in the mac. */
export function isAuthentic(token: ParsedRefreshToken, key: Uint8Array): MaybePromise<boolean> {
  return after(crypto.hmacSha256(key, token.signed), (expected) =>
    crypto.timingSafeEqual(expected, token.mac),
  );
}

/** Writes a token under the sub-key `key` that `token.kid` names. */
export function formatRefreshToken(token: RefreshToken, key: Uint8Array): MaybePromise<string> {
  const { kid, sid, generation, absoluteExpiry, r } = token;
  const signed = `${VERSION}.${kid}.${sid}.${generation}.${absoluteExpiry}.${r}`;
  return after(crypto.hmacSha256(key, signed), (mac) => `${signed}.${base64url(mac)}`);
}

/** A fresh `r`: 128 bits, made once per sign-in (ASVS 7.2.3). */
export function newTokenSecret(): string {
  return base64url(crypto.randomBytes(RANDOM_BYTES));
}

/** What the session row keeps in place of `r`. */
export function hashTokenSecret(r: string): MaybePromise<string> {
  return after(crypto.sha256(r), base64url);
}
