import * as nodeCrypto from "node:crypto";
import fc from "fast-check";
import * as jose from "jose";
import { describe, expect, it } from "vitest";
import { fromBase64url, utf8 } from "../encoding.ts";
import { platformCrypto as onNode } from "./node.ts";
import type { CryptoPort, PrivateJwk, PublicJwk } from "./port.ts";
import { platformCrypto as onWeb } from "./web.ts";

const hex = (text: string) => new Uint8Array(Buffer.from(text.replaceAll(/\s/g, ""), "hex"));
const toHex = (bytes: Uint8Array) => Buffer.from(bytes).toString("hex");
const publicPart = ({ kty, crv, x, y }: PrivateJwk): PublicJwk => ({ kty, crv, x, y });

const ports: [string, CryptoPort][] = [
  ["node:crypto", onNode],
  ["WebCrypto", onWeb],
];

/** RFC 7515 appendix A.3. */
const RFC7515_KEY = {
  kty: "EC",
  crv: "P-256",
  x: "f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEU",
  y: "x_FEzRu9m36HLN_tue659LNpXW6pCyStikYjKIWI5a0",
} as const;
const RFC7515_SIGNED =
  "eyJhbGciOiJFUzI1NiJ9.eyJpc3MiOiJqb2UiLA0KICJleHAiOjEzMDA4MTkzODAsDQogImh0dHA6Ly9leGFt" +
  "cGxlLmNvbS9pc19yb290Ijp0cnVlfQ";
const RFC7515_SIGNATURE =
  "DtEhU3ljbEg8L38VWAfUAqOyKAM6-Xx-F4GawxaepmXFCgfTjDxw5djxLa8ISlSApmWQxfKTUJqPP3-Kg6NU1Q";

describe.each(ports)("the crypto port on %s", (_name, port) => {
  it.each([
    ["", "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"],
    ["abc", "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"],
    [
      "abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq",
      "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1",
    ],
  ])("hashes %j as FIPS 180-4 says", async (text, digest) => {
    expect(toHex(await port.sha256(utf8(text)))).toBe(digest);
  });

  it.each([
    [
      "0b".repeat(20),
      "4869205468657265",
      "b0344c61d8db38535ca8afceaf0bf12b881dc200c9833da726e9376c2e32cff7",
    ],
    [
      "4a656665",
      "7768617420646f2079612077616e7420666f72206e6f7468696e673f",
      "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843",
    ],
    [
      "aa".repeat(20),
      "dd".repeat(50),
      "773ea91e36800e46854db8ebd09181a72959098b3ef8c122d9635514ced565fe",
    ],
    [
      "aa".repeat(131),
      "54657374205573696e67204c6172676572205468616e20426c6f636b2d53697a65204b6579202d2048617368204b6579204669727374",
      "60e431591ee0b67f0d8a26aacbf5b77f8e0bc6213728c5140546040f0ee37f54",
    ],
  ])("makes the HMAC-SHA-256 of RFC 4231 (key %s)", async (key, data, mac) => {
    expect(toHex(await port.hmacSha256(hex(key), hex(data)))).toBe(mac);
  });

  it("derives the key of RFC 5869 test case 3 (no salt, no info)", async () => {
    const okm = await port.hkdfSha256(hex("0b".repeat(22)), new Uint8Array(), "", 42);
    expect(toHex(okm)).toBe(
      "8da4e775a563c18f715f802a063c5a31b8a11f5c5ee1879ec3454e5f3c738d2d9d201395faa4b61a96c8",
    );
  });

  it("derives as RFC 5869 section 2 defines with salt and info", async () => {
    const [secret, salt, info] = [utf8("a master key"), utf8("a salt"), "refresh token, 2026"];
    const prk = await port.hmacSha256(salt, secret);
    const first = await port.hmacSha256(prk, new Uint8Array([...utf8(info), 1]));
    const second = await port.hmacSha256(prk, new Uint8Array([...first, ...utf8(info), 2]));
    const okm = await port.hkdfSha256(secret, salt, info, 48);
    expect(toHex(okm)).toBe((toHex(first) + toHex(second)).slice(0, 96));
  });

  it("opens the AES-256-GCM vector of McGrew and Viega, test case 16", async () => {
    const sealed = hex(`cafebabefacedbaddecaf888
      522dc1f099567d07f47f37a32a84427d643a8cdcbfe5c0c97598a2bd2555d1aa
      8cb08e48590dbb3da7b08b1056828838c5f61e6393ba7a0abcc9f662
      76fc6ece0f4e1768cddf8853bb2d551b`);
    const key = hex("feffe9928665731c6d6a8f9467308308".repeat(2));
    const additional = hex("feedfacedeadbeeffeedfacedeadbeefabaddad2");
    const opened = await port.openAesGcm(key, sealed, additional);
    expect(opened && toHex(opened)).toBe(
      "d9313225f88406e5a55909c5aff5269a86a7a9531534f7da2e4c303d8a318a72" +
        "1c3c0c95956809532fcf0e2449a6b525b16aedf5aa0de657ba637b39",
    );
  });

  it("opens nothing once a single bit, the key or the additional data differs", async () => {
    const key = port.randomBytes(32);
    const sealed = await port.sealAesGcm(key, utf8("secret"), utf8("purpose"));
    for (let i = 0; i < sealed.byteLength; i++) {
      const changed = Uint8Array.from(sealed);
      changed[i] = (changed[i] as number) ^ (1 << (i % 8));
      expect(await port.openAesGcm(key, changed, utf8("purpose"))).toBeNull();
    }
    expect(await port.openAesGcm(key, sealed, utf8("other purpose"))).toBeNull();
    expect(await port.openAesGcm(port.randomBytes(32), sealed, utf8("purpose"))).toBeNull();
    expect(await port.openAesGcm(key, sealed.subarray(0, 27), utf8("purpose"))).toBeNull();
  });

  it("never seals twice under one nonce", async () => {
    const key = port.randomBytes(32);
    const nonces = new Set<string>();
    for (let i = 0; i < 1_000; i++) {
      nonces.add(toHex((await port.sealAesGcm(key, utf8("x"), utf8(""))).subarray(0, 12)));
    }
    expect(nonces.size).toBe(1_000);
  });

  it("refuses a key that is not 256 bits long", async () => {
    const [short, iv] = [new Uint8Array(16), new Uint8Array(16)];
    await expect(async () => port.sealAesGcm(short, utf8("x"), utf8(""))).rejects.toThrow();
    await expect(async () => port.importAes256(short)).rejects.toThrow(TypeError);
    await expect(async () => port.encryptAesCbc(short, iv, utf8("x"))).rejects.toThrow();
    await expect(async () => port.decryptAesCbc(short, iv, iv)).rejects.toThrow();
  });

  it.each([
    ["password", "salt", 1, "0c60c80f961f0e71f3a9b524af6012062fe037a6"],
    ["password", "salt", 2, "ea6c014dc72d6f8ccd1ed92ace1d41f0d8de8957"],
    ["password", "salt", 4096, "4b007901b765489abead49d926f721d065a429c1"],
    [
      "passwordPASSWORDpassword",
      "saltSALTsaltSALTsaltSALTsaltSALTsalt",
      4096,
      "3d2eec4fe41c849b80c8d83662c0e44a8b291a964cf2f07038",
    ],
    ["pass\0word", "sa\0lt", 4096, "56fa6aa75548099dcc37d7f03425e0c3"],
  ])(
    "derives from %j and %j in %i rounds the key of RFC 6070",
    async (secret, salt, rounds, key) => {
      const made = await port.pbkdf2Sha1(utf8(secret), utf8(salt), rounds, key.length / 2);
      expect(toHex(made)).toBe(key);
    },
  );

  it("encrypts the AES-256-CBC vector of NIST SP 800-38A, F.2.5, plus a block of padding", async () => {
    const key = hex("603deb1015ca71be2b73aef0857d77811f352c073b6108d72d9810a30914dff4");
    const iv = hex("000102030405060708090a0b0c0d0e0f");
    const plaintext = hex(`6bc1bee22e409f96e93d7e117393172a ae2d8a571e03ac9c9eb76fac45af8e51
      30c81c46a35ce411e5fbc1191a0a52ef f69f2445df4f9b17ad2b417be66c3710`);
    const ciphertext = await port.encryptAesCbc(key, iv, plaintext);
    expect(toHex(ciphertext.subarray(0, 64))).toBe(
      "f58c4c04d6e5f1ba779eabfb5f7bfbd69cfc4e967edb808d679f777bc6702c7d" +
        "39f23369a9d9bacfa530e26304231461b2eb05e2c39be9fcda6c19078c6a9d1b",
    );
    expect(ciphertext.byteLength).toBe(80);
    expect(toHex((await port.decryptAesCbc(key, iv, ciphertext)) as Uint8Array)).toBe(
      toHex(plaintext),
    );
  });

  it("answers null to a ciphertext of the wrong length or padding", async () => {
    const [key, iv] = [port.randomBytes(32), port.randomBytes(16)];
    const ciphertext = await port.encryptAesCbc(key, iv, utf8("one block"));
    for (const length of [0, 1, 15]) {
      expect(await port.decryptAesCbc(key, iv, ciphertext.subarray(0, length))).toBeNull();
    }
    // The last byte of this block decrypts to padding length 7; any other last bit is wrong.
    const flipped = Uint8Array.from(iv);
    flipped[15] = (flipped[15] as number) ^ 0xff;
    expect(await port.decryptAesCbc(key, flipped, ciphertext)).toBeNull();
  });

  it("compares bytes by value and length", () => {
    expect(port.timingSafeEqual(utf8("same"), utf8("same"))).toBe(true);
    expect(port.timingSafeEqual(utf8("same"), utf8("sane"))).toBe(false);
    expect(port.timingSafeEqual(utf8("same"), utf8("same!"))).toBe(false);
  });

  it("verifies the signature of RFC 7515 appendix A.3", async () => {
    const key = await port.importEs256Public(RFC7515_KEY);
    const signature = fromBase64url(RFC7515_SIGNATURE) as Uint8Array;
    expect(await port.verifyEs256(key, utf8(RFC7515_SIGNED), signature)).toBe(true);
    expect(await port.verifyEs256(key, utf8(`${RFC7515_SIGNED}x`), signature)).toBe(false);
  });

  it("answers false to a signature of the wrong length or of zeros", async () => {
    const key = await port.importEs256Public(RFC7515_KEY);
    for (const length of [0, 63, 64, 65, 72]) {
      expect(await port.verifyEs256(key, utf8(RFC7515_SIGNED), new Uint8Array(length))).toBe(false);
    }
  });

  it("ignores what else a JWKS says of a key", async () => {
    const published = { ...RFC7515_KEY, use: "enc", key_ops: ["sign"], ext: false, alg: "ES512" };
    const key = await port.importEs256Public(published);
    const signature = fromBase64url(RFC7515_SIGNATURE) as Uint8Array;
    expect(await port.verifyEs256(key, utf8(RFC7515_SIGNED), signature)).toBe(true);
  });

  it.each([
    ["a point off the curve", { ...RFC7515_KEY, y: RFC7515_KEY.x }],
    ["a coordinate that is too short", { ...RFC7515_KEY, x: "AQ" }],
    ["another curve", { ...RFC7515_KEY, crv: "P-384" } as unknown as PublicJwk],
    ["another key type", { kty: "oct", k: "AAAA" } as unknown as PublicJwk],
  ])("refuses %s with a TypeError", async (_case, jwk) => {
    await expect(async () => port.importEs256Public(jwk)).rejects.toThrow(TypeError);
  });

  it.each([
    ["no PEM", "not a key"],
    ["an empty block", "-----BEGIN PUBLIC KEY-----\n-----END PUBLIC KEY-----\n"],
    ["bytes that are no key", "-----BEGIN PUBLIC KEY-----\nAAAA\n-----END PUBLIC KEY-----\n"],
  ])("refuses %s as a PEM with a TypeError", async (_case, pem) => {
    await expect(async () => port.importEs256Pem(pem)).rejects.toThrow(TypeError);
  });

  it("refuses the PEM of a private key, which has no place in a verifier", async () => {
    const { privateKey } = await jose.generateKeyPair("ES256", { extractable: true });
    const pem = await jose.exportPKCS8(privateKey);
    await expect(async () => port.importEs256Pem(pem)).rejects.toThrow(TypeError);
  });

  it("refuses the PEM of a key on another curve or of another kind with a TypeError", async () => {
    for (const alg of ["ES384", "RS256", "Ed25519"]) {
      const { publicKey } = await jose.generateKeyPair(alg, { extractable: true });
      const pem = await jose.exportSPKI(publicKey);
      await expect(async () => port.importEs256Pem(pem)).rejects.toThrow(TypeError);
    }
  });

  it("writes the SubjectPublicKeyInfo PEM that jose writes, and reads it back", async () => {
    const pem = await port.exportEs256Pem(RFC7515_KEY);
    const theirs = await jose.exportSPKI((await jose.importJWK(RFC7515_KEY, "ES256")) as CryptoKey);
    expect(pem.trim()).toBe(theirs.trim());
    const key = await port.importEs256Pem(pem);
    const signature = fromBase64url(RFC7515_SIGNATURE) as Uint8Array;
    expect(await port.verifyEs256(key, utf8(RFC7515_SIGNED), signature)).toBe(true);
  });

  it.each(ports)(
    "signs what %s verifies, with 64 bytes (RFC 7518 section 3.4)",
    async (_n, other) => {
      const jwk = await port.generateEs256();
      const privateKey = await port.importEs256Private(jwk);
      const publicKey = await other.importEs256Public(publicPart(jwk));
      const signature = await port.signEs256(privateKey, utf8("message"));
      expect(signature.byteLength).toBe(64);
      expect(await other.verifyEs256(publicKey, utf8("message"), signature)).toBe(true);
      expect(await other.verifyEs256(publicKey, utf8("massage"), signature)).toBe(false);
    },
  );

  it("takes text for its UTF-8, whatever the lengths of key and text (RFC 2104)", async () => {
    const jwk = await port.generateEs256();
    const privateKey = await port.importEs256Private(jwk);
    const publicKey = await port.importEs256Public(publicPart(jwk));
    const reused = port.randomBytes(32);
    const lengths = fc.oneof(fc.nat({ max: 200 }), fc.constantFrom(511, 512, 513, 2000));
    const key = fc.oneof(fc.constant(reused), fc.uint8Array({ minLength: 1, maxLength: 200 }));
    const text = fc
      .tuple(lengths, fc.constantFrom("a", "é", "😀", "\ud800"))
      .map(([length, unit]) => unit.repeat(length));
    await fc.assert(
      fc.asyncProperty(key, text, async (key, text) => {
        const bytes = utf8(text);
        const mac = nodeCrypto.createHmac("sha256", key).update(bytes).digest("hex");
        expect(toHex(await port.hmacSha256(key, text))).toBe(mac);
        expect(toHex(await port.hmacSha256(key, bytes))).toBe(mac);
        expect(toHex(await port.sha256(text))).toBe(toHex(await port.sha256(bytes)));
        const signature = await port.signEs256(privateKey, text);
        expect(await port.verifyEs256(publicKey, bytes, signature)).toBe(true);
        expect(await port.verifyEs256(publicKey, text, signature)).toBe(true);
      }),
      { numRuns: 200 },
    );
  });

  it.each(ports)("seals what %s opens", async (_n, other) => {
    const key = port.randomBytes(32);
    const sealed = await port.sealAesGcm(key, utf8("héllo"), utf8("aad"));
    for (const own of [key, await other.importAes256(key)]) {
      expect(await other.openAesGcm(own, sealed, utf8("aad"))).toEqual(
        expect.objectContaining(utf8("héllo")),
      );
    }
    const imported = await port.importAes256(key);
    const again = await port.sealAesGcm(imported, utf8("héllo"), utf8("aad"));
    expect(await other.openAesGcm(key, again, utf8("aad"))).not.toBeNull();
    expect(await port.openAesGcm(imported, again, utf8("other"))).toBeNull();
  });

  it.each(ports)("encrypts what %s decrypts", async (_n, other) => {
    const [key, iv] = [port.randomBytes(32), port.randomBytes(16)];
    for (const text of ["", "héllo", "a whole block, 16"]) {
      const ciphertext = await port.encryptAesCbc(key, iv, utf8(text));
      const opened = (await other.decryptAesCbc(key, iv, ciphertext)) as Uint8Array;
      expect(toHex(opened)).toBe(toHex(utf8(text)));
    }
  });

  it("signs what jose verifies and verifies what jose signs", async () => {
    const jwk = await port.generateEs256();
    const theirs = await new jose.CompactSign(utf8("payload"))
      .setProtectedHeader({ alg: "ES256" })
      .sign(await jose.importJWK(jwk, "ES256"));
    const [header, payload, signature] = theirs.split(".") as [string, string, string];
    const publicKey = await port.importEs256Public(publicPart(jwk));
    const bytes = fromBase64url(signature) as Uint8Array;
    expect(await port.verifyEs256(publicKey, utf8(`${header}.${payload}`), bytes)).toBe(true);

    const ours = await port.signEs256(
      await port.importEs256Private(jwk),
      utf8(`${header}.${payload}`),
    );
    const token = `${header}.${payload}.${Buffer.from(ours).toString("base64url")}`;
    const { payload: read } = await jose.compactVerify(
      token,
      await jose.importJWK(publicPart(jwk), "ES256"),
    );
    expect(Buffer.from(read).toString()).toBe("payload");
  });
});
