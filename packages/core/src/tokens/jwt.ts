/**
 * Compact JSON Web Signatures (RFC 7515) over JSON claims (RFC 7519), ES256 only. The algorithm
 * is fixed here and never read from a token (ASVS 9.1.2), and no header parameter that carries or
 * points at a key (`jwk`, `jku`, `x5c`, `x5u`) is ever looked at (ASVS 9.1.3).
 */
import {
  after,
  crypto,
  type MaybePromise,
  type SigningKey,
  type VerifyingKey,
} from "../crypto/index.ts";
import { base64url, fromBase64url, fromUtf8, textToBase64url } from "../encoding.ts";

const ALGORITHM = "ES256";
const SIGNATURE_BYTES = 64;
/** Longer tokens are refused unread. */
export const MAX_JWT_LENGTH = 16_384;

export interface JwtSigner {
  /** Names the key in the JWKS. */
  readonly kid: string;
  readonly privateKey: SigningKey;
}

export interface DecodedJwt {
  readonly header: Readonly<Record<string, unknown>>;
  readonly payload: Readonly<Record<string, unknown>>;
  /** What the signature covers: the first two parts with the dot between them. */
  readonly signed: string;
  readonly signature: Uint8Array;
}

/** Signs `claims` as they stand; undefined members are left out. */
export function signJwt(claims: object, key: JwtSigner, typ = "JWT"): MaybePromise<string> {
  const signed = `${encodedHeader(key.kid, typ)}.${textToBase64url(JSON.stringify(claims))}`;
  return after(
    crypto.signEs256(key.privateKey, signed),
    (signature) => `${signed}.${base64url(signature)}`,
  );
}

/**
 * Reads the format only; nothing is proven. Null for anything but three parts of canonical
 * base64url, the first two of them JSON objects in UTF-8, of at most 16,384 characters.
 */
export function decodeJwt(token: string): DecodedJwt | null {
  if (token.length > MAX_JWT_LENGTH) return null;
  const parts = token.split(".", 4);
  if (parts.length !== 3) return null;
  const [headerPart, payloadPart, signaturePart] = parts as [string, string, string];
  const header = decodeObject(headerPart);
  const payload = header && decodeObject(payloadPart);
  const signature = payload && fromBase64url(signaturePart);
  if (!signature) return null;
  return { header, payload, signed: `${headerPart}.${payloadPart}`, signature };
}

/**
 * Whether `key` made the signature. False for a header that names another algorithm or asks by
 * `crit` for an extension, since none is understood here (RFC 7515 section 4.1.11).
 */
export async function verifyJwtSignature(jwt: DecodedJwt, key: VerifyingKey): Promise<boolean> {
  if (!isPlainEs256(jwt)) return false;
  return crypto.verifyEs256(key, jwt.signed, jwt.signature);
}

/** The part of {@link verifyJwtSignature} that needs no key and costs nothing. */
export function isPlainEs256({ header, signature }: DecodedJwt): boolean {
  return (
    header.alg === ALGORITHM &&
    !Object.hasOwn(header, "crit") &&
    signature.byteLength === SIGNATURE_BYTES
  );
}

function decodeObject(part: string): Record<string, unknown> | null {
  const bytes = fromBase64url(part);
  if (!bytes) return null;
  try {
    const value: unknown = JSON.parse(fromUtf8(bytes));
    const isObject = typeof value === "object" && value !== null && !Array.isArray(value);
    return isObject ? (value as Record<string, unknown>) : null;
  } catch {
    return null;
  }
}

// Few keys sign at any time; the bound only keeps years of rotation from piling up.
const MAX_HEADERS = 1_000;
const encodedHeaders = new Map<string, string>();

function encodedHeader(kid: string, typ: string): string {
  const name = `${typ} ${kid}`;
  const known = encodedHeaders.get(name);
  if (known !== undefined) return known;
  const encoded = textToBase64url(JSON.stringify({ alg: ALGORITHM, typ, kid }));
  if (encodedHeaders.size >= MAX_HEADERS) encodedHeaders.clear();
  encodedHeaders.set(name, encoded);
  return encoded;
}
