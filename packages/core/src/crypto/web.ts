import { utf8 } from "../encoding.ts";
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
const P256 = { name: "ECDSA", namedCurve: "P-256" } as const;
const ES256 = { name: "ECDSA", hash: "SHA-256" } as const;

const { subtle } = globalThis.crypto;

// WebCrypto refuses shared memory by itself; its types want that said beforehand.
const own = (bytes: Uint8Array) => bytes as Uint8Array<ArrayBuffer>;
const bytesOf = (data: Uint8Array | string) => (typeof data === "string" ? utf8(data) : own(data));
const asSigning = (key: CryptoKey) => key as unknown as SigningKey;
const asVerifying = (key: CryptoKey) => key as unknown as VerifyingKey;
const cryptoKey = (key: SigningKey | VerifyingKey) => key as unknown as CryptoKey;

function randomBytes(length: number): Uint8Array<ArrayBuffer> {
  return globalThis.crypto.getRandomValues(new Uint8Array(length));
}

type AesMode = "AES-GCM" | "AES-CBC";

async function aesKey(key: Uint8Array | AesKey, mode: AesMode): Promise<CryptoKey> {
  if (!(key instanceof Uint8Array)) return key as unknown as CryptoKey;
  if (key.byteLength !== 32) throw new TypeError("An AES-256 key has 32 bytes.");
  return subtle.importKey("raw", own(key), mode, false, ["encrypt", "decrypt"]);
}

const aesGcm = (iv: Uint8Array, additionalData: Uint8Array) => ({
  name: "AES-GCM",
  iv: own(iv),
  additionalData: own(additionalData),
  tagLength: TAG_BYTES * 8,
});

async function readPublicKey(read: () => Promise<CryptoKey>): Promise<CryptoKey> {
  try {
    return await read();
  } catch (cause) {
    throw new TypeError("This is not a readable EC P-256 public key.", { cause });
  }
}

// Only the coordinates: `key_ops`, `use` or `ext` of a JWKS may otherwise forbid the import.
const importPublic = ({ kty, crv, x, y }: PublicJwk) =>
  readPublicKey(() => subtle.importKey("jwk", { kty, crv, x, y }, P256, true, ["verify"]));

const PEM = /^\s*-----BEGIN PUBLIC KEY-----([A-Za-z0-9+/=\s]+)-----END PUBLIC KEY-----\s*$/;

/** The port on WebCrypto, for edge runtimes and browsers. All but two answers are promises. */
export const platformCrypto = {
  randomBytes,

  timingSafeEqual(a: Uint8Array, b: Uint8Array) {
    if (a.byteLength !== b.byteLength) return false;
    let difference = 0;
    for (let i = 0; i < a.byteLength; i++) difference |= (a[i] as number) ^ (b[i] as number);
    return difference === 0;
  },

  sha256: async (data: Uint8Array | string) =>
    new Uint8Array(await subtle.digest("SHA-256", bytesOf(data))),

  async hmacSha256(key: Uint8Array, data: Uint8Array | string) {
    const algorithm = { name: "HMAC", hash: "SHA-256" };
    const imported = await subtle.importKey("raw", own(key), algorithm, false, ["sign"]);
    return new Uint8Array(await subtle.sign("HMAC", imported, bytesOf(data)));
  },

  async hkdfSha256(secret: Uint8Array, salt: Uint8Array, info: string, length: number) {
    const imported = await subtle.importKey("raw", own(secret), "HKDF", false, ["deriveBits"]);
    const algorithm = { name: "HKDF", hash: "SHA-256", salt: own(salt), info: utf8(info) };
    return new Uint8Array(await subtle.deriveBits(algorithm, imported, length * 8));
  },

  importAes256: async (key: Uint8Array) => (await aesKey(key, "AES-GCM")) as unknown as AesKey,

  async sealAesGcm(key: Uint8Array | AesKey, plaintext: Uint8Array, additionalData: Uint8Array) {
    const nonce = randomBytes(NONCE_BYTES);
    const algorithm = aesGcm(nonce, additionalData);
    const imported = await aesKey(key, "AES-GCM");
    const body = await subtle.encrypt(algorithm, imported, own(plaintext));
    const sealed = new Uint8Array(NONCE_BYTES + body.byteLength);
    sealed.set(nonce);
    sealed.set(new Uint8Array(body), NONCE_BYTES);
    return sealed;
  },

  async openAesGcm(key: Uint8Array | AesKey, sealed: Uint8Array, additionalData: Uint8Array) {
    if (sealed.byteLength < NONCE_BYTES + TAG_BYTES) return null;
    const imported = await aesKey(key, "AES-GCM");
    const algorithm = aesGcm(sealed.subarray(0, NONCE_BYTES), additionalData);
    try {
      const body = own(sealed.subarray(NONCE_BYTES));
      return new Uint8Array(await subtle.decrypt(algorithm, imported, body));
    } catch {
      return null;
    }
  },

  async pbkdf2Sha1(password: Uint8Array, salt: Uint8Array, iterations: number, length: number) {
    const imported = await subtle.importKey("raw", own(password), "PBKDF2", false, ["deriveBits"]);
    const algorithm = { name: "PBKDF2", hash: "SHA-1", salt: own(salt), iterations };
    return new Uint8Array(await subtle.deriveBits(algorithm, imported, length * 8));
  },

  async encryptAesCbc(key: Uint8Array, iv: Uint8Array, plaintext: Uint8Array) {
    const imported = await aesKey(key, "AES-CBC");
    const algorithm = { name: "AES-CBC", iv: own(iv) };
    return new Uint8Array(await subtle.encrypt(algorithm, imported, own(plaintext)));
  },

  async decryptAesCbc(key: Uint8Array, iv: Uint8Array, ciphertext: Uint8Array) {
    const imported = await aesKey(key, "AES-CBC");
    try {
      const algorithm = { name: "AES-CBC", iv: own(iv) };
      return new Uint8Array(await subtle.decrypt(algorithm, imported, own(ciphertext)));
    } catch {
      return null;
    }
  },

  async generateEs256(): Promise<PrivateJwk> {
    const { privateKey } = await subtle.generateKey(P256, true, ["sign", "verify"]);
    const { x, y, d } = await subtle.exportKey("jwk", privateKey);
    if (!x || !y || !d) throw new Error("The runtime exported an incomplete P-256 key.");
    return { kty: "EC", crv: "P-256", x, y, d };
  },

  async importEs256Private({ kty, crv, x, y, d }: PrivateJwk) {
    return asSigning(await subtle.importKey("jwk", { kty, crv, x, y, d }, P256, false, ["sign"]));
  },

  importEs256Public: async (jwk: PublicJwk) => asVerifying(await importPublic(jwk)),

  importEs256Pem: async (pem: string) =>
    asVerifying(
      await readPublicKey(() => {
        const base64 = PEM.exec(pem)?.[1];
        if (base64 === undefined) throw new TypeError("There is no PUBLIC KEY block.");
        const der = Uint8Array.from(atob(base64), (char) => char.charCodeAt(0));
        return subtle.importKey("spki", der, P256, true, ["verify"]);
      }),
    ),

  async exportEs256Pem(jwk: PublicJwk) {
    const der = new Uint8Array(await subtle.exportKey("spki", await importPublic(jwk)));
    const base64 = btoa(String.fromCharCode(...der));
    const lines = base64.match(/.{1,64}/g) ?? [];
    return ["-----BEGIN PUBLIC KEY-----", ...lines, "-----END PUBLIC KEY-----", ""].join("\n");
  },

  signEs256: async (key: SigningKey, data: Uint8Array | string) =>
    new Uint8Array(await subtle.sign(ES256, cryptoKey(key), bytesOf(data))),

  verifyEs256: (key: VerifyingKey, data: Uint8Array | string, signature: Uint8Array) =>
    subtle.verify(ES256, cryptoKey(key), own(signature), bytesOf(data)),
} satisfies CryptoPort;
