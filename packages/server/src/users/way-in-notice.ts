import type { App } from "../apps/app-directory.ts";
import { mailFor } from "../mail/app-mail.ts";
import type { Mail } from "../mail/mailer.ts";
import type { Store, User } from "../storage/store.ts";

export interface WayInChange {
  /** What one signs in with, such as Google. */
  readonly name: string;
  readonly change: "added" | "removed";
}

/**
 * What to mail to a user of whom a way in was added or removed (ASVS 6.3.7): to the address that they
 * have proven. Null without one, and for a test account, which has no mailbox.
 */
export async function wayInNotice(
  store: Pick<Store, "apps">,
  app: App,
  user: User,
  { name, change }: WayInChange,
): Promise<Mail | null> {
  const email = user.accounts.find(({ type, isVerified }) => type === "email" && isVerified);
  if (!email || (await store.apps.findTestAccount(app.id, email.subject))) return null;
  const kind = change === "added" ? "way_in_added" : "way_in_removed";
  return mailFor(app, kind, { to: email.subject, values: { way_in: name } });
}
