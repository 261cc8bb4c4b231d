import type { App } from "../apps/app-directory.ts";
import type { Mail } from "../mail/mailer.ts";
import { type WayInChange, wayInMail } from "../mail/way-in-mail.ts";
import type { Store, User } from "../storage/store.ts";

/**
 * What to mail to a user of whom a way in was added or removed (ASVS 6.3.7): to the address that they
 * have proven. Null without one, and for a test account, which has no mailbox.
 */
export async function wayInNotice(
  store: Pick<Store, "apps">,
  app: App,
  user: User,
  change: WayInChange,
): Promise<Mail | null> {
  const email = user.accounts.find(({ type, isVerified }) => type === "email" && isVerified);
  if (!email || (await store.apps.findTestAccount(app.id, email.subject))) return null;
  return wayInMail({ to: email.subject, appName: app.name, ...change });
}
