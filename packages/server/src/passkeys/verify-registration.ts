/** Reads a new passkey out of what the browser answered (WebAuthn level 3 section 7.1). */
import { base64url, fromBase64url } from "@latchkey/core/encoding";
import { LatchkeyError } from "@latchkey/core/errors";
import type { PasskeyRegistration } from "@latchkey/core/protocol/passkeys";
import type { NewAccount } from "../storage/store.ts";
import type { Answered } from "./challenges.ts";
import { madeWith } from "./made-with.ts";
import { ALGORITHMS } from "./options.ts";

type Helpers = typeof import("@simplewebauthn/server/helpers");
type Cbor = Parameters<Helpers["isoCBOR"]["encode"]>[0];

/** Section 4: what is longer is no credential id. */
const MAX_CREDENTIAL_ID_BYTES = 1023;

/**
 * The account of type `passkey` that the answer makes.
 *
 * @throws LatchkeyError `invalid_passkey`
 */
export async function verifyRegistration(
  { challenge, origin, kept }: Answered,
  answer: PasskeyRegistration,
  userAgent: string | null,
): Promise<NewAccount> {
  const { id, raw_id, type, response } = answer;
  // Only now: with what they bring along they would be a tenth of an idle server's memory.
  const { verifyRegistrationResponse } = await import("@simplewebauthn/server");
  const helpers = await import("@simplewebauthn/server/helpers");
  const verified = await verifyRegistrationResponse({
    response: {
      id,
      rawId: raw_id,
      type,
      clientExtensionResults: {},
      response: {
        clientDataJSON: response.client_data_json,
        attestationObject: withoutAttestation(helpers, response.attestation_object),
      },
    },
    expectedChallenge: challenge,
    expectedOrigin: origin,
    expectedRPID: kept.rpId,
    requireUserVerification: true,
    supportedAlgorithmIDs: ALGORITHMS,
  }).catch((cause: unknown) => {
    throw invalidPasskey(cause);
  });
  if (!verified.verified) throw invalidPasskey(null);
  const { credential, aaguid, credentialDeviceType, credentialBackedUp } =
    verified.registrationInfo;
  const isMeant = credential.id === id && id.length <= Math.ceil((MAX_CREDENTIAL_ID_BYTES * 4) / 3);
  if (!isMeant) throw invalidPasskey(null);
  return {
    type: "passkey",
    subject: credential.id,
    data: madeWith(aaguid, userAgent),
    passkey: {
      rpId: kept.rpId,
      publicKey: base64url(credential.publicKey),
      counter: credential.counter,
      backupEligible: credentialDeviceType === "multiDevice",
      backedUp: credentialBackedUp,
      transports: [...new Set(response.transports ?? [])],
      aaguid,
    },
  };
}

/**
 * The same object with no attestation, which is what was asked for. Whoever sends one all the same
 * has its certificates read by nobody: their check would fetch addresses that they name.
 */
function withoutAttestation(
  { decodeAttestationObject, isoCBOR }: Helpers,
  encoded: string,
): string {
  try {
    const bytes = fromBase64url(encoded);
    if (bytes) {
      const authData = decodeAttestationObject(bytes).get("authData");
      return base64url(
        isoCBOR.encode(
          new Map<string, Cbor>([
            ["fmt", "none"],
            ["attStmt", new Map()],
            ["authData", authData],
          ]),
        ),
      );
    }
  } catch (cause) {
    throw invalidPasskey(cause);
  }
  throw invalidPasskey(null);
}

export function invalidPasskey(cause: unknown): LatchkeyError {
  return new LatchkeyError(
    "invalid_passkey",
    422,
    "The passkey's answer does not hold: its signature, its relying party or its user verification is not what was asked for. Begin again.",
    { ...(cause instanceof Error && { cause }) },
  );
}
