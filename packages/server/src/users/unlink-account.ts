import type { App } from "../apps/app-directory.ts";
import type { Mail } from "../mail/mailer.ts";
import { removePasskey } from "../passkeys/manage-passkeys.ts";
import type { Services } from "../services.ts";
import type { Account, User, UserStore } from "../storage/store.ts";
import { addressNotice } from "./address-notice.ts";
import { accountName } from "./provider-user.ts";
import { requireOtherWayIn } from "./unlink-provider.ts";
import { wayInNotice } from "./way-in-notice.ts";

/**
 * Takes one of a user's accounts away, whatever its type, outside any of their sessions: all of them
 * end (ASVS 7.4.3), and the user is told by mail (ASVS 6.3.7). An address is told itself; of any other
 * account, the address that the user has proven.
 *
 * @throws LatchkeyError `cannot_unlink_sole_account`
 */
export async function unlinkAccount(
  services: Services,
  app: App,
  user: User,
  account: Account,
): ReturnType<UserStore["unlink"]> {
  await requireOtherWayIn(services, app, user, account);
  if (account.type === "passkey") {
    return removePasskey(services, app, { user, sid: null }, account.subject);
  }
  const notice = await removalNotice(services, app, user, account);
  const result = await services.store.users.unlink(app.id, user.id, account, null);
  if (result.kind === "unlinked" && notice) services.outbox.post(notice);
  return result;
}

async function removalNotice(
  { store, providers }: Services,
  app: App,
  user: User,
  { type, subject }: Account,
): Promise<Mail | null> {
  if (type === "email") {
    return addressNotice(store, app, user, { address: subject, replaced: false });
  }
  const name = accountName(await providers.ofApp(app.id), type);
  return wayInNotice(store, app, user, { name, change: "removed" });
}
