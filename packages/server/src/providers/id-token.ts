/**
 * The signature of an ID token. It comes from the token endpoint itself, where TLS would do (OpenID
 * Connect Core section 3.1.3.7); it is checked all the same (ASVS 6.8.2, 9.1.1), by the keys that the
 * provider's metadata names and by no others (ASVS 9.1.3).
 */
import { compactVerify, createLocalJWKSet, errors, type JSONWebKeySet } from "jose";
import type { DocumentCache } from "./document-cache.ts";

/** Asymmetric only (ASVS 9.1.2). */
const ALGORITHMS = ["RS256", "PS256", "ES256", "RS384", "RS512", "PS384", "PS512", "ES384"];
const MORE_ALGORITHMS = ["ES512", "EdDSA", "Ed25519"];

/** Throws jose's error, or OutboundError without keys. An unknown key id asks for them once more. */
export async function verifySignature(
  documents: DocumentCache,
  jwksUri: string,
  idToken: string,
): Promise<void> {
  const options = { algorithms: [...ALGORITHMS, ...MORE_ALGORITHMS] };
  const verify = async (keys: Record<string, unknown>) =>
    compactVerify(idToken, createLocalJWKSet(keys as unknown as JSONWebKeySet), options);
  try {
    await verify(await documents.read(jwksUri));
  } catch (error) {
    if (!(error instanceof errors.JWKSNoMatchingKey)) throw error;
    await verify(await documents.reread(jwksUri));
  }
}
