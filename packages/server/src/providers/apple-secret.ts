/**
 * Apple's client secret: a JWT that the team's private key signs (Sign in with Apple, "Creating a
 * client secret"). Made anew for each use, and good for minutes only.
 */
import { importPKCS8, SignJWT } from "jose";

const AUDIENCE = "https://appleid.apple.com";
const LIFETIME_S = 300;

export interface AppleSecretInput {
  /** PKCS #8, PEM: the .p8 file. */
  readonly privateKey: string;
  readonly teamId: string;
  readonly keyId: string;
  readonly clientId: string;
  /** Milliseconds since the epoch. */
  readonly now: number;
}

/** Null when the key is none. */
export async function appleClientSecret(input: AppleSecretInput): Promise<string | null> {
  const key = await importPKCS8(input.privateKey.trim(), "ES256").catch(() => null);
  if (key === null) return null;
  const issuedAt = Math.floor(input.now / 1000);
  return new SignJWT()
    .setProtectedHeader({ alg: "ES256", kid: input.keyId })
    .setIssuer(input.teamId)
    .setSubject(input.clientId)
    .setAudience(AUDIENCE)
    .setIssuedAt(issuedAt)
    .setExpirationTime(issuedAt + LIFETIME_S)
    .sign(key);
}
