import * as nodeCrypto from "node:crypto";
import { derFromRaw, RAW_SIGNATURE_BYTES, rawFromDer } from "./ecdsa-signature.ts";
import { hmacSha256 } from "./node-hmac-sha256.ts";
import type {
  AesKey,
  CryptoPort,
  PrivateJwk,
  PublicJwk,
  SigningKey,
  VerifyingKey,
} from "./port.ts";

const NONCE_BYTES = 12;
const TAG_BYTES = 16;

// Unlike TextEncoder's, these bytes come out of a pool.
const bytesOf = (data: Uint8Array | string) =>
  typeof data === "string" ? Buffer.from(data, "utf8") : data;
const asCipherKey = (key: Uint8Array | AesKey) => key as unknown as nodeCrypto.CipherKey;
const asSigning = (key: nodeCrypto.KeyObject) => key as unknown as SigningKey;
const asVerifying = (key: nodeCrypto.KeyObject) => key as unknown as VerifyingKey;
const keyObject = (key: SigningKey | VerifyingKey) => key as unknown as nodeCrypto.KeyObject;

function requireP256(key: nodeCrypto.KeyObject): nodeCrypto.KeyObject {
  if (key.asymmetricKeyType === "ec" && key.asymmetricKeyDetails?.namedCurve === "prime256v1") {
    return key;
  }
  throw new TypeError("This key is not an EC key on curve P-256; ES256 needs one.");
}

function readPublicKey(input: nodeCrypto.JsonWebKeyInput | string): nodeCrypto.KeyObject {
  try {
    // Node would take a private key or a certificate too, and derive the public key.
    if (typeof input === "string" && !input.includes("-----BEGIN PUBLIC KEY-----")) {
      throw new TypeError("There is no PUBLIC KEY block.");
    }
    return nodeCrypto.createPublicKey(input);
  } catch (cause) {
    throw new TypeError("This is not a readable EC P-256 public key.", { cause });
  }
}

// One call of the generator costs as much as a few hundred nonces do. Nonces are no secret, and none
// is given out twice: worker threads have a supply each, and Node refuses to snapshot a process that
// holds key objects.
const NONCE_SUPPLY = Buffer.alloc(256 * NONCE_BYTES);
let nonceAt = NONCE_SUPPLY.byteLength;

function writeNonce(target: Buffer): void {
  if (nonceAt === NONCE_SUPPLY.byteLength) {
    nodeCrypto.randomFillSync(NONCE_SUPPLY);
    nonceAt = 0;
  }
  NONCE_SUPPLY.copy(target, 0, nonceAt, nonceAt + NONCE_BYTES);
  nonceAt += NONCE_BYTES;
}

/** The port on Node. Everything here is synchronous. */
export const platformCrypto = {
  randomBytes: (length: number) => new Uint8Array(nodeCrypto.randomBytes(length)),

  timingSafeEqual: (a: Uint8Array, b: Uint8Array) =>
    a.byteLength === b.byteLength && nodeCrypto.timingSafeEqual(a, b),

  sha256: (data: Uint8Array | string) =>
    nodeCrypto.hash("sha256", data, "buffer") as Uint8Array<ArrayBuffer>,

  hmacSha256,

  hkdfSha256: (secret: Uint8Array, salt: Uint8Array, info: string, length: number) =>
    new Uint8Array(nodeCrypto.hkdfSync("sha256", secret, salt, info, length)),

  importAes256(key: Uint8Array) {
    if (key.byteLength !== 32) throw new TypeError("An AES-256 key has 32 bytes.");
    return nodeCrypto.createSecretKey(key) as unknown as AesKey;
  },

  sealAesGcm(key: Uint8Array | AesKey, plaintext: Uint8Array, additionalData: Uint8Array) {
    const tagAt = NONCE_BYTES + plaintext.byteLength;
    const sealed = Buffer.allocUnsafe(tagAt + TAG_BYTES);
    writeNonce(sealed);
    const cipher = nodeCrypto
      .createCipheriv("aes-256-gcm", asCipherKey(key), sealed.subarray(0, NONCE_BYTES))
      .setAAD(additionalData);
    sealed.set(cipher.update(plaintext), NONCE_BYTES);
    // Of a stream cipher this gives no more bytes, it only makes the tag.
    cipher.final();
    sealed.set(cipher.getAuthTag(), tagAt);
    return sealed;
  },

  openAesGcm(key: Uint8Array | AesKey, sealed: Uint8Array, additionalData: Uint8Array) {
    if (sealed.byteLength < NONCE_BYTES + TAG_BYTES) return null;
    const decipher = nodeCrypto
      .createDecipheriv("aes-256-gcm", asCipherKey(key), sealed.subarray(0, NONCE_BYTES), {
        authTagLength: TAG_BYTES,
      })
      .setAAD(additionalData)
      .setAuthTag(sealed.subarray(-TAG_BYTES));
    try {
      const body = decipher.update(sealed.subarray(NONCE_BYTES, -TAG_BYTES));
      decipher.final();
      return body;
    } catch {
      return null;
    }
  },

  pbkdf2Sha1: (password: Uint8Array, salt: Uint8Array, iterations: number, length: number) =>
    nodeCrypto.pbkdf2Sync(password, salt, iterations, length, "sha1"),

  encryptAesCbc(key: Uint8Array, iv: Uint8Array, plaintext: Uint8Array) {
    const cipher = nodeCrypto.createCipheriv("aes-256-cbc", key, iv);
    return Buffer.concat([cipher.update(plaintext), cipher.final()]);
  },

  decryptAesCbc(key: Uint8Array, iv: Uint8Array, ciphertext: Uint8Array) {
    const decipher = nodeCrypto.createDecipheriv("aes-256-cbc", key, iv);
    try {
      return Buffer.concat([decipher.update(ciphertext), decipher.final()]);
    } catch {
      return null;
    }
  },

  generateEs256(): PrivateJwk {
    const { privateKey } = nodeCrypto.generateKeyPairSync("ec", { namedCurve: "P-256" });
    const { x, y, d } = privateKey.export({ format: "jwk" });
    if (!x || !y || !d) throw new Error("The runtime exported an incomplete P-256 key.");
    return { kty: "EC", crv: "P-256", x, y, d };
  },

  importEs256Private: (jwk: PrivateJwk) =>
    asSigning(requireP256(nodeCrypto.createPrivateKey({ key: { ...jwk }, format: "jwk" }))),

  importEs256Public: (jwk: PublicJwk) =>
    asVerifying(requireP256(readPublicKey({ key: { ...jwk }, format: "jwk" }))),

  importEs256Pem: (pem: string) => asVerifying(requireP256(readPublicKey(pem))),

  exportEs256Pem: (jwk: PublicJwk) =>
    readPublicKey({ key: { ...jwk }, format: "jwk" })
      .export({ type: "spki", format: "pem" })
      .toString(),

  // Node takes longer to find the key in an options object, where `dsaEncoding` would be, than to
  // sign: it tries by exceptions what the object is.
  signEs256: (key: SigningKey, data: Uint8Array | string) =>
    rawFromDer(
      nodeCrypto.sign("sha256", bytesOf(data), keyObject(key)),
      Buffer.allocUnsafe(RAW_SIGNATURE_BYTES),
    ),

  verifyEs256: (key: VerifyingKey, data: Uint8Array | string, signature: Uint8Array) =>
    signature.byteLength === RAW_SIGNATURE_BYTES &&
    nodeCrypto.verify("sha256", bytesOf(data), keyObject(key), derFromRaw(signature)),
} satisfies CryptoPort;
