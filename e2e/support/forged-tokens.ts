import {
  base64url,
  decodeJwt,
  decodeProtectedHeader,
  generateKeyPair,
  type JWTPayload,
  SignJWT,
} from "jose";

const encode = (value: object) => base64url.encode(JSON.stringify(value));

/**
 * What an attacker can make of a genuine token without its key, by name. `publicKey` is the text of
 * the key that verifies it.
 */
export async function forgedTokens(token: string, publicKey: string): Promise<[string, string][]> {
  const [header = "", payload = "", signature = ""] = token.split(".");
  const protectedHeader = decodeProtectedHeader(token);
  const other: JWTPayload = { ...decodeJwt(token), sub: "did:privy:c000000000000000000000000" };
  const { privateKey } = await generateKeyPair("ES256");
  const sign = (alg: string, key: Parameters<SignJWT["sign"]>[0]) =>
    new SignJWT(other).setProtectedHeader({ ...protectedHeader, alg, typ: "JWT" }).sign(key);
  const swapped = signature.startsWith("A") ? "B" : "A";
  return [
    ["of another user", `${header}.${encode(other)}.${signature}`],
    ["with another signature", `${header}.${payload}.${swapped}${signature.slice(1)}`],
    ["without a signature", `${header}.${payload}.`],
    ["that says it needs none", `${encode({ ...protectedHeader, alg: "none" })}.${encode(other)}.`],
    ["signed by another key", await sign("ES256", privateKey)],
    ["signed with the public key", await sign("HS256", new TextEncoder().encode(publicKey))],
    ["cut short", token.slice(0, -1)],
    ["that is empty", ""],
  ];
}
