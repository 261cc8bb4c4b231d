/** The passkeys of a signed-in user: list, add, rename, remove. Whoever calls knows the user. */
import { LatchkeyError } from "@latchkey/core/errors";
import type { PasskeyRegistration } from "@latchkey/core/protocol/passkeys";
import type { App } from "../apps/app-directory.ts";
import { mailFor } from "../mail/app-mail.ts";
import type { Outbox } from "../mail/mailer.ts";
import type { Passkey, Store, User, UserStore } from "../storage/store.ts";
import { emailAccount } from "../users/app-server-user.ts";
import { requirePasskeys } from "./ceremonies.ts";
import { type ChallengeDeps, spendChallenge } from "./challenges.ts";
import type { PasskeyPage } from "./relying-party.ts";
import { invalidPasskey, verifyRegistration } from "./verify-registration.ts";

export interface ManageDeps extends ChallengeDeps {
  readonly store: Pick<Store, "passkeys" | "users" | "apps">;
  readonly outbox: Outbox;
}

/** Oldest first. */
export function listPasskeys({ store }: ManageDeps, app: App, user: User): Promise<Passkey[]> {
  return store.passkeys.ofUser(app.id, user.id);
}

/** Who asks for a change, and in which of their sessions; null where they are in none. */
export interface Asking {
  readonly user: User;
  readonly sid: string | null;
  readonly userAgent: string | null;
}

/**
 * Adds the passkey that answered what `beginPasskeyLink` gave out, and tells the user by mail (ASVS
 * 6.3.7).
 *
 * @throws LatchkeyError as `provePasskey` does
 */
export async function finishPasskeyLink(
  deps: ManageDeps,
  page: PasskeyPage,
  { user, sid, userAgent }: Asking,
  answer: PasskeyRegistration,
): ReturnType<UserStore["link"]> {
  const { app } = page;
  requirePasskeys(app);
  const answered = await spendChallenge(deps, page, "link", answer.response.client_data_json);
  if (answered.kept.userId !== user.id) throw invalidPasskey(null);
  const account = await verifyRegistration(answered, answer, userAgent);
  const notice = await noticeTo(deps, app, user, account.data?.authenticator_name, true);
  const result = await deps.store.users.link(app.id, user.id, account, null, sid);
  if (result.kind === "linked" && notice) deps.outbox.post(notice);
  return result;
}

/** Removes a passkey as any account: never the last way in, and the other sessions end (ASVS 7.4.3). */
export async function removePasskey(
  deps: Pick<ManageDeps, "store" | "outbox">,
  app: App,
  { user, sid }: Pick<Asking, "user" | "sid">,
  credentialId: string,
): ReturnType<UserStore["unlink"]> {
  const account = { type: "passkey", subject: credentialId };
  const name = user.accounts.find(
    ({ type, subject }) => type === account.type && subject === credentialId,
  )?.data.authenticator_name;
  const notice = await noticeTo(deps, app, user, name, false);
  const result = await deps.store.users.unlink(app.id, user.id, account, sid);
  if (result.kind === "unlinked" && notice) deps.outbox.post(notice);
  return result;
}

const MAX_NAME = 60;

/** False when the user has no such passkey. Throws `invalid_data` for what is no name. */
export function renamePasskey(
  { store }: ManageDeps,
  app: App,
  user: User,
  credentialId: string,
  typed: string,
): Promise<boolean> {
  const name = typed
    .normalize("NFC")
    .replace(/[\p{C}\s]+/gu, " ")
    .trim();
  if (name === "" || name.length > MAX_NAME) {
    throw new LatchkeyError(
      "invalid_data",
      400,
      `The name of a passkey has 1 to ${MAX_NAME} characters.`,
    );
  }
  return store.passkeys.rename(app.id, user.id, credentialId, name);
}

/** Null without a proven address, and for a test account, which has no mailbox. */
async function noticeTo(
  { store }: Pick<ManageDeps, "store">,
  app: App,
  user: User,
  name: string | undefined,
  added: boolean,
) {
  const email = emailAccount(user);
  if (!email?.isVerified || (await store.apps.findTestAccount(app.id, email.subject))) return null;
  const passkey = name === undefined ? "A passkey" : `The passkey "${name}"`;
  const kind = added ? "passkey_added" : "passkey_removed";
  return mailFor(app, kind, { to: email.subject, values: { passkey } });
}
