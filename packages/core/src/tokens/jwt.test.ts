import fc from "fast-check";
import * as jose from "jose";
import { beforeAll, describe, expect, it } from "vitest";
import { crypto, type PrivateJwk, type VerifyingKey } from "../crypto/index.ts";
import { base64url, utf8 } from "../encoding.ts";
import { type DecodedJwt, decodeJwt, type JwtSigner, signJwt, verifyJwtSignature } from "./jwt.ts";

let jwk: PrivateJwk;
let signer: JwtSigner;
let publicKey: VerifyingKey;

beforeAll(async () => {
  jwk = await crypto.generateEs256();
  signer = { kid: "key-1", privateKey: await crypto.importEs256Private(jwk) };
  publicKey = await crypto.importEs256Public(jwk);
});

const part = (value: unknown) =>
  base64url(utf8(typeof value === "string" ? value : JSON.stringify(value)));

/** A token with exactly this header, signed by our key. */
async function signedWith(header: unknown, payload: unknown = {}): Promise<string> {
  const signed = `${part(header)}.${part(payload)}`;
  return `${signed}.${base64url(await crypto.signEs256(signer.privateKey, utf8(signed)))}`;
}

const verify = (token: string) => verifyJwtSignature(decodeJwt(token) as DecodedJwt, publicKey);

/** Keys and texts such as claims have; `__proto__` cannot be written as a literal key. */
const claims = fc.dictionary(
  fc.string().filter((key) => key !== "__proto__"),
  fc.jsonValue({ maxDepth: 2 }),
  { maxKeys: 6, noNullPrototype: true },
);

describe("signing", () => {
  it("writes the header of the protocol: alg, typ and kid, nothing else", async () => {
    const decoded = decodeJwt(await signJwt({ a: 1 }, signer));
    expect(decoded?.header).toEqual({ alg: "ES256", typ: "JWT", kid: "key-1" });
    expect(decoded?.payload).toEqual({ a: 1 });
  });

  it("keeps the headers of different keys and types apart", async () => {
    const tokens = [
      await signJwt({}, signer, "at+jwt"),
      await signJwt({}, { ...signer, kid: "key-2" }),
      await signJwt({}, signer),
    ];
    expect(tokens.map((token) => decodeJwt(token)?.header)).toEqual([
      { alg: "ES256", typ: "at+jwt", kid: "key-1" },
      { alg: "ES256", typ: "JWT", kid: "key-2" },
      { alg: "ES256", typ: "JWT", kid: "key-1" },
    ]);
  });

  it("makes tokens that jose accepts, with the same claims", async () => {
    const key = await jose.importJWK({ kty: jwk.kty, crv: jwk.crv, x: jwk.x, y: jwk.y }, "ES256");
    await fc.assert(
      fc.asyncProperty(claims, async (input) => {
        const token = await signJwt(input, signer);
        const { payload } = await jose.compactVerify(token, key, { algorithms: ["ES256"] });
        expect(JSON.parse(new TextDecoder().decode(payload))).toEqual(
          JSON.parse(JSON.stringify(input)),
        );
      }),
      { numRuns: 50 },
    );
  });
});

describe("verifying", () => {
  it("accepts what jose signs", async () => {
    const token = await new jose.SignJWT({ sub: "x" })
      .setProtectedHeader({ alg: "ES256", kid: "k" })
      .sign(await jose.importJWK(jwk, "ES256"));
    expect(await verify(token)).toBe(true);
  });

  it("refuses the same token once any one character is another (ASVS 9.1.1)", async () => {
    const token = await signJwt({ sub: "did:privy:x", exp: 1, name: "żółć" }, signer);
    const anyOther = fc.constantFrom(..."ABCXYZabcxyz0189-_.=~ é\u0000");
    for (let i = 0; i < token.length; i++) {
      const [replacement] = fc.sample(
        anyOther.filter((char) => char !== token[i]),
        1,
      );
      const changed = token.slice(0, i) + replacement + token.slice(i + 1);
      const decoded = decodeJwt(changed);
      expect(decoded === null || !(await verifyJwtSignature(decoded, publicKey)), changed).toBe(
        true,
      );
    }
  });

  it("refuses a token with a character more or less anywhere", async () => {
    const token = await signJwt({ sub: "did:privy:x" }, signer);
    for (let i = 0; i <= token.length; i++) {
      for (const changed of [
        `${token.slice(0, i)}A${token.slice(i)}`,
        token.slice(0, i) + token.slice(i + 1),
      ]) {
        if (changed === token) continue;
        const decoded = decodeJwt(changed);
        expect(decoded === null || !(await verifyJwtSignature(decoded, publicKey))).toBe(true);
      }
    }
  });

  it.each([
    "none",
    "None",
    "HS256",
    "ES384",
    "RS256",
    "es256",
    "",
    null,
    256,
    ["ES256"],
    undefined,
  ])(
    "takes no other algorithm from the token, however it is signed: %j (ASVS 9.1.2)",
    async (alg) => {
      expect(await verify(await signedWith({ alg, typ: "JWT", kid: "key-1" }))).toBe(false);
    },
  );

  it("cannot be talked into HMAC with the public key as the secret (RFC 8725 section 2.1)", async () => {
    const pem = await crypto.exportEs256Pem(jwk);
    const signed = `${part({ alg: "HS256", typ: "JWT", kid: "key-1" })}.${part({ sub: "x" })}`;
    const mac = await crypto.hmacSha256(utf8(pem), utf8(signed));
    expect(await verify(`${signed}.${base64url(mac)}`)).toBe(false);
  });

  it("refuses an unsigned token", async () => {
    expect(await verify(`${part({ alg: "none" })}.${part({ sub: "x" })}.`)).toBe(false);
    expect(await verify(`${part({ alg: "ES256" })}.${part({ sub: "x" })}.`)).toBe(false);
  });

  it("uses no key that the token carries or points at (ASVS 9.1.3)", async () => {
    const attacker = await crypto.generateEs256();
    const privateKey = await crypto.importEs256Private(attacker);
    const { d: _, ...attackersPublic } = attacker;
    const url = "https://attacker.example/jwks.json";
    for (const extra of [{ jwk: attackersPublic }, { jku: url }, { x5u: url }, { x5c: ["MIIB"] }]) {
      const signed = `${part({ alg: "ES256", typ: "JWT", kid: "key-1", ...extra })}.${part({})}`;
      const signature = await crypto.signEs256(privateKey, utf8(signed));
      expect(await verify(`${signed}.${base64url(signature)}`)).toBe(false);
    }
  });

  it.each([[["exp"]], [["b64"]], [[]], [null], ["exp"]])(
    "refuses a header with crit %j, well signed as it is (RFC 7515 section 4.1.11)",
    async (crit) => {
      expect(await verify(await signedWith({ alg: "ES256", crit, exp: 1, b64: true }))).toBe(false);
    },
  );

  it("refuses a signature in DER, or of all zeros (CVE-2022-21449)", async () => {
    const signed = `${part({ alg: "ES256", typ: "JWT", kid: "key-1" })}.${part({ sub: "x" })}`;
    for (const length of [64, 70, 71, 72]) {
      expect(await verify(`${signed}.${base64url(new Uint8Array(length))}`)).toBe(false);
    }
  });
});

describe("decoding", () => {
  it.each([
    ["nothing", ""],
    ["one part", part({})],
    ["two parts", `${part({})}.${part({})}`],
    ["four parts", `${part({})}.${part({})}.AAAA.`],
    ["five parts, as an encrypted token has", `${part({})}.${part({})}.AAAA.AAAA.AAAA`],
    ["padding", `${part({})}=.${part({})}.AAAA`],
    ["white space", ` ${part({})}.${part({})}.AAAA`],
    ["a header that is no object", `${part([])}.${part({})}.AAAA`],
    ["a payload that is an array", `${part({})}.${part([1])}.AAAA`],
    ["a payload that is null", `${part({})}.${part("null")}.AAAA`],
    ["a payload that is text", `${part({})}.${part('"x"')}.AAAA`],
    ["a payload that is no JSON", `${part({})}.${part("{a:1}")}.AAAA`],
    ["a payload with a byte order mark", `${part({})}.${part("\ufeff{}")}.AAAA`],
    ["a payload that is no UTF-8", `${part({})}.${base64url(Uint8Array.of(0x22, 0xff))}.AAAA`],
  ])("refuses %s", (_case, token) => {
    expect(decodeJwt(token)).toBeNull();
  });

  it("refuses more than 16,384 characters unread", async () => {
    const fits = `${part({})}.${part({ fill: "x".repeat(12_200) })}.AAAA`;
    const tooLong = `${part({})}.${part({ fill: "x".repeat(12_300) })}.AAAA`;
    expect([fits.length <= 16_384, tooLong.length > 16_384]).toEqual([true, true]);
    expect(decodeJwt(fits)).not.toBeNull();
    expect(decodeJwt(tooLong)).toBeNull();
  });

  it("answers to any text and never throws", () => {
    const dotted = fc.array(fc.base64String(), { maxLength: 5 }).map((parts) => parts.join("."));
    fc.assert(
      fc.property(fc.oneof(fc.string({ unit: "binary" }), dotted), (text) => {
        decodeJwt(text);
      }),
    );
  });
});
