import type { PasskeyAssertion, PasskeyRegistration } from "@latchkey/core/protocol/passkeys";
import type { NewAccount, Store, User } from "../storage/store.ts";
import { requireListed } from "../users/allowlist.ts";
import { requirePasskeySignUp, requirePasskeys } from "./ceremonies.ts";
import { type ChallengeDeps, challengeInvalid, spendChallenge } from "./challenges.ts";
import type { PasskeyPage } from "./relying-party.ts";
import { type AssertionDeps, verifyAssertion } from "./verify-assertion.ts";
import { invalidPasskey, verifyRegistration } from "./verify-registration.ts";

export interface ProofDeps extends ChallengeDeps, AssertionDeps {
  readonly store: Pick<Store, "passkeys" | "users" | "apps">;
}

/**
 * The user whose passkey answered, and the account to begin a session with. The challenge is spent
 * whatever comes of it; `challenge` is the one that the caller means, where it says so.
 *
 * @throws LatchkeyError `passkey_challenge_invalid`, `invalid_origin`, `invalid_passkey`,
 * `passkey_not_found`, `passkey_counter_regressed`, `allowlist_rejected`, `disallowed_login_method`
 */
export async function provePasskey(
  deps: ProofDeps,
  page: PasskeyPage,
  answer: PasskeyAssertion,
  challenge: string | null = null,
): Promise<{ user: User; account: { type: "passkey"; subject: string } }> {
  const { app } = page;
  requirePasskeys(app);
  const answered = await spendChallenge(
    deps,
    page,
    "authenticate",
    answer.response.client_data_json,
  );
  if (challenge !== null && answered.challenge !== challenge) throw challengeInvalid();
  const { userId, credentialId } = await verifyAssertion(deps, answered, answer);
  const user = await deps.store.users.find(app.id, userId);
  if (!user) throw invalidPasskey(null);
  await requireListed(deps.store.apps, app, user);
  return { user, account: { type: "passkey", subject: credentialId } };
}

/** The account of a user who signs up by passkey, and the id that the user is to get. */
export async function proveNewPasskey(
  deps: ProofDeps,
  page: PasskeyPage,
  answer: PasskeyRegistration,
  userAgent: string | null,
): Promise<{ account: NewAccount; userId: string }> {
  requirePasskeySignUp(page.app);
  const answered = await spendChallenge(deps, page, "register", answer.response.client_data_json);
  const account = await verifyRegistration(answered, answer, userAgent);
  const { userId } = answered.kept;
  if (userId === null) throw invalidPasskey(null);
  return { account, userId };
}
