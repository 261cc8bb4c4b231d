import type { App } from "../apps/app-directory.ts";
import { newCuid, newServerUserId } from "../apps/ids.ts";
import { refusedSignIn } from "../sessions/sign-in.ts";
import type { NewAccount, Store, User } from "../storage/store.ts";
import { requireAllowed } from "./allowlist.ts";

export interface ProvenAccount {
  readonly app: App;
  /** Type `email` and the normalised address, when an address was proven. */
  readonly account: NewAccount;
  /** Whether an unknown account begins a user. */
  readonly allowSignUp: boolean;
  /** The one-time code that proved it, spent in the same transaction; null when nothing is to spend. */
  readonly codeId: string | null;
}

/**
 * The app's user of an account that was just proven, or a new one; without a session. Also counts
 * as the account's verification, and takes away the password, passkeys and providers' accounts of
 * before it.
 *
 * @throws LatchkeyError `allowlist_rejected`, `invalid_credentials` (the code was spent meanwhile),
 * `user_does_not_exist`, `user_disabled`, `max_accounts_reached`
 */
export async function provenUser(
  { store }: { readonly store: Store },
  { app, account, allowSignUp, codeId }: ProvenAccount,
): Promise<{ user: User; isNewUser: boolean; hasJoined: boolean }> {
  if (account.type === "email") await requireAllowed(store.apps, app, account.subject);
  const result = await store.users.proveAccount({
    appId: app.id,
    account,
    allowSignUp,
    codeId,
    newUser: { id: newCuid(), serverId: newServerUserId() },
    maxUsers: app.settings.maxUsers,
  });
  if (result.kind === "proven") {
    const { user, isNewUser, hasJoined } = result;
    return { user, isNewUser, hasJoined };
  }
  throw refusedSignIn(result.kind);
}
