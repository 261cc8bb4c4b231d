/**
 * Challenges of passkey ceremonies: 256 random bits for ten minutes, good once, and only for what
 * they were given out for (WebAuthn level 3 section 13.4.3, ASVS 6.5.1, 6.6.2).
 */
import { crypto } from "@latchkey/core/crypto";
import { base64url, fromBase64url, fromUtf8 } from "@latchkey/core/encoding";
import { LatchkeyError } from "@latchkey/core/errors";
import * as z from "zod";
import { keyedHash, type MasterKey } from "../keys/master-key.ts";
import type { PasskeyChallenge, PasskeyPurpose, Store } from "../storage/store.ts";
import { mayFinishAt, type PasskeyPage } from "./relying-party.ts";

export interface ChallengeDeps {
  readonly store: Pick<Store, "passkeys">;
  readonly master: MasterKey;
}

export interface Ceremony {
  readonly purpose: PasskeyPurpose;
  /** Whose the passkey will be; null to sign in. */
  readonly userId: string | null;
}

const LIFETIME_MS = 600_000;

export async function issueChallenge(
  deps: ChallengeDeps,
  page: PasskeyPage,
  { purpose, userId }: Ceremony,
  rpId: string,
): Promise<string> {
  const challenge = base64url(crypto.randomBytes(32));
  await deps.store.passkeys.createChallenge({
    id: await idOf(deps, challenge),
    appId: page.app.id,
    clientId: page.client?.id ?? null,
    purpose,
    userId,
    rpId,
    origin: page.origin,
    binding: await bindingOf(deps, page),
    lifetimeMs: LIFETIME_MS,
  });
  return challenge;
}

/** What the browser says of the ceremony, under the authenticator's signature (section 5.8.1). */
const clientData = z.object({
  type: z.string(),
  challenge: z.string().max(128),
  origin: z.string().max(2000),
  crossOrigin: z.boolean().optional(),
  topOrigin: z.string().optional(),
});

export interface Answered {
  readonly challenge: string;
  readonly origin: string;
  readonly kept: PasskeyChallenge;
}

/**
 * Spends the challenge that `clientDataJson` answers, whatever becomes of the answer, and holds what
 * is said of it against what it was given out for.
 *
 * @throws LatchkeyError `passkey_challenge_invalid`, `invalid_origin`, `invalid_data`
 */
export async function spendChallenge(
  deps: ChallengeDeps,
  page: PasskeyPage,
  purpose: PasskeyPurpose,
  clientDataJson: string,
): Promise<Answered> {
  const said = readClientData(clientDataJson);
  const id = await idOf(deps, said.challenge);
  const kept = await deps.store.passkeys.spendChallenge(page.app.id, id);
  const isTheirs =
    kept !== null &&
    kept.purpose === purpose &&
    kept.clientId === (page.client?.id ?? null) &&
    kept.binding === (await bindingOf(deps, page));
  if (!isTheirs) throw challengeInvalid();
  // What shows the page in a frame of another site could be laid over by it.
  const isFramed = said.crossOrigin === true || said.topOrigin !== undefined;
  const isElsewhere =
    (kept.origin !== null && kept.origin !== said.origin) ||
    (page.origin !== null && page.origin !== said.origin) ||
    !mayFinishAt(page, said.origin);
  if (isFramed || isElsewhere) {
    throw new LatchkeyError(
      "invalid_origin",
      403,
      isFramed
        ? "The passkey was used in a frame of another site. Use it on the app's own page."
        : `The passkey was used on ${said.origin.slice(0, 200)}, and this ceremony belongs to ${kept.origin ?? "pages that the app's allowed origins list"}.`,
    );
  }
  return { challenge: said.challenge, origin: said.origin, kept };
}

export function challengeInvalid(): LatchkeyError {
  return new LatchkeyError(
    "passkey_challenge_invalid",
    400,
    "The passkey answers no challenge that is open here: it was used, is older than ten minutes, or was given out for something else. Begin again.",
  );
}

function readClientData(encoded: string): z.output<typeof clientData> {
  try {
    const bytes = fromBase64url(encoded);
    if (bytes) return clientData.parse(JSON.parse(fromUtf8(bytes)));
  } catch {
    // Told below, as what is no base64url.
  }
  throw new LatchkeyError(
    "invalid_data",
    400,
    "client_data_json is not what a browser makes: base64url of JSON with type, challenge and origin.",
  );
}

const idOf = ({ master }: ChallengeDeps, challenge: string) =>
  keyedHash(master, "passkey-challenge", challenge);

const bindingOf = async ({ master }: ChallengeDeps, { binding }: PasskeyPage) =>
  binding === null ? null : keyedHash(master, "binding", "passkey", binding);
