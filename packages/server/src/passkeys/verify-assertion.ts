/** Whose passkey answered a challenge (WebAuthn level 3 section 7.2). */
import { fromBase64url } from "@latchkey/core/encoding";
import { LatchkeyError } from "@latchkey/core/errors";
import type { PasskeyAssertion } from "@latchkey/core/protocol/passkeys";
import type { Log } from "../services.ts";
import type { Passkey, Store } from "../storage/store.ts";
import type { Answered } from "./challenges.ts";
import { userHandle } from "./options.ts";
import { invalidPasskey } from "./verify-registration.ts";

export interface AssertionDeps {
  readonly store: Pick<Store, "passkeys">;
  readonly log: Log;
}

/**
 * The passkey that signed, its use taken down: counter and backup state.
 *
 * @throws LatchkeyError `passkey_not_found`, `invalid_passkey`, `passkey_counter_regressed`
 */
export async function verifyAssertion(
  { store, log }: AssertionDeps,
  { challenge, origin, kept }: Answered,
  answer: PasskeyAssertion,
): Promise<Passkey> {
  const { appId, rpId } = kept;
  const passkey = await store.passkeys.find(appId, answer.id);
  if (!passkey) throw notFound();
  const handle = answer.response.user_handle ?? null;
  const isTheirs = handle === null || handle === userHandle(passkey.userId);
  if (passkey.rpId !== rpId || !isTheirs) throw invalidPasskey(null);
  const { newCounter, credentialDeviceType, credentialBackedUp } = await signed(
    { challenge, origin, kept },
    answer,
    passkey,
  );
  // Eligibility is for the passkey's life (section 6.1.3): another is another authenticator's.
  if ((credentialDeviceType === "multiDevice") !== passkey.backupEligible) {
    throw invalidPasskey(null);
  }
  const use = { counter: newCounter, backedUp: credentialBackedUp };
  switch (await store.passkeys.recordUse(appId, passkey.credentialId, use)) {
    case "recorded":
      return passkey;
    case "gone":
      throw notFound();
    case "regressed":
      log.warn(
        { appId, userId: passkey.userId, kept: passkey.counter, presented: newCounter },
        "a passkey's counter went back: there may be a copy of its authenticator",
      );
      throw new LatchkeyError(
        "passkey_counter_regressed",
        403,
        "This passkey's counter went back, as it does when a copy of its authenticator is in use. Sign in another way, remove this passkey and add a new one.",
      );
  }
}

async function signed({ challenge, origin, kept }: Answered, a: PasskeyAssertion, own: Passkey) {
  const publicKey = fromBase64url(own.publicKey);
  const { user_handle } = a.response;
  // Only now: with what it brings along it would be a tenth of an idle server's memory.
  const { verifyAuthenticationResponse } = await import("@simplewebauthn/server");
  const verified = await verifyAuthenticationResponse({
    response: {
      id: a.id,
      rawId: a.raw_id,
      type: a.type,
      clientExtensionResults: {},
      response: {
        clientDataJSON: a.response.client_data_json,
        authenticatorData: a.response.authenticator_data,
        signature: a.response.signature,
        ...(user_handle && { userHandle: user_handle }),
      },
    },
    expectedChallenge: challenge,
    expectedOrigin: origin,
    expectedRPID: kept.rpId,
    requireUserVerification: true,
    // Compared where it is written, so that of two uses at once one is seen as the second.
    credential: { id: own.credentialId, publicKey: publicKey ?? new Uint8Array(), counter: 0 },
  }).catch((cause: unknown) => {
    throw invalidPasskey(cause);
  });
  if (!verified.verified) throw invalidPasskey(null);
  return verified.authenticationInfo;
}

function notFound(): LatchkeyError {
  return new LatchkeyError(
    "passkey_not_found",
    404,
    "Nobody in this app has this passkey: it was removed, or belongs elsewhere. Sign in another way.",
  );
}
