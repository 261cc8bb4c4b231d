/**
 * What Latchkey needs of a cryptography library. Two implementations, chosen by the `exports`
 * conditions of the runtime: node:crypto on Node (synchronous, cheapest), WebCrypto elsewhere.
 */

import type { MaybePromise } from "./maybe-promise.ts";

/** An EC P-256 public key as a JSON Web Key (RFC 7517). */
export interface PublicJwk {
  readonly kty: "EC";
  readonly crv: "P-256";
  readonly x: string;
  readonly y: string;
}

export interface PrivateJwk extends PublicJwk {
  readonly d: string;
}

declare const aesKey: unique symbol;
/** An imported AES-256 key; what is inside belongs to the runtime. */
export interface AesKey {
  readonly [aesKey]: true;
}
declare const signingKey: unique symbol;
declare const verifyingKey: unique symbol;
/** An imported ES256 private key; what is inside belongs to the runtime. */
export interface SigningKey {
  readonly [signingKey]: true;
}
/** An imported ES256 public key; what is inside belongs to the runtime. */
export interface VerifyingKey {
  readonly [verifyingKey]: true;
}

export interface CryptoPort {
  /** Bytes of a cryptographically secure generator. */
  randomBytes(length: number): Uint8Array<ArrayBuffer>;
  /** Compares in time that does not depend on where the inputs differ. */
  timingSafeEqual(a: Uint8Array, b: Uint8Array): boolean;
  /** Here and below, text stands for its UTF-8; on Node it costs less so. */
  sha256(data: Uint8Array | string): MaybePromise<Uint8Array<ArrayBuffer>>;
  /** `key` is remembered by its object: nobody may change its bytes afterwards. */
  hmacSha256(key: Uint8Array, data: Uint8Array | string): MaybePromise<Uint8Array<ArrayBuffer>>;
  /** RFC 5869. `info` separates purposes; `length` in bytes. */
  hkdfSha256(
    secret: Uint8Array,
    salt: Uint8Array,
    info: string,
    length: number,
  ): MaybePromise<Uint8Array<ArrayBuffer>>;
  /** What is used more than once is worth it: an imported key costs AES-GCM a third of raw bytes. */
  importAes256(key: Uint8Array): MaybePromise<AesKey>;
  /** AES-256-GCM with a random 96-bit nonce: nonce, then ciphertext, then tag. */
  sealAesGcm(
    key: Uint8Array | AesKey,
    plaintext: Uint8Array,
    additionalData: Uint8Array,
  ): MaybePromise<Uint8Array<ArrayBuffer>>;
  /** Null when the key, the additional data or a single bit is not the one sealed with. */
  openAesGcm(
    key: Uint8Array | AesKey,
    sealed: Uint8Array,
    additionalData: Uint8Array,
  ): MaybePromise<Uint8Array<ArrayBuffer> | null>;
  /** RFC 8018 section 5.2 with HMAC-SHA-1. Only for formats that fix it; `length` in bytes. */
  pbkdf2Sha1(
    password: Uint8Array,
    salt: Uint8Array,
    iterations: number,
    length: number,
  ): MaybePromise<Uint8Array<ArrayBuffer>>;
  /**
   * AES-256-CBC with PKCS#7 padding (RFC 5652 section 6.3) and a 16-byte `iv`. It proves nothing:
   * a mac over iv and ciphertext goes with it.
   */
  encryptAesCbc(
    key: Uint8Array,
    iv: Uint8Array,
    plaintext: Uint8Array,
  ): MaybePromise<Uint8Array<ArrayBuffer>>;
  /** Null for wrong padding or length. Check the mac first: the difference is a padding oracle. */
  decryptAesCbc(
    key: Uint8Array,
    iv: Uint8Array,
    ciphertext: Uint8Array,
  ): MaybePromise<Uint8Array<ArrayBuffer> | null>;
  generateEs256(): MaybePromise<PrivateJwk>;
  importEs256Private(jwk: PrivateJwk): MaybePromise<SigningKey>;
  /** Throws a TypeError when the coordinates are not a point on P-256. */
  importEs256Public(jwk: PublicJwk): MaybePromise<VerifyingKey>;
  /** A SubjectPublicKeyInfo PEM. Throws a TypeError when it is not an EC P-256 key. */
  importEs256Pem(pem: string): MaybePromise<VerifyingKey>;
  exportEs256Pem(jwk: PublicJwk): MaybePromise<string>;
  /** 64 bytes, r then s (RFC 7518 section 3.4). */
  signEs256(key: SigningKey, data: Uint8Array | string): MaybePromise<Uint8Array<ArrayBuffer>>;
  verifyEs256(
    key: VerifyingKey,
    data: Uint8Array | string,
    signature: Uint8Array,
  ): MaybePromise<boolean>;
}
