import type { App } from "../apps/app-directory.ts";
import { mailFor } from "../mail/app-mail.ts";
import type { Mail } from "../mail/mailer.ts";
import type { Store, User } from "../storage/store.ts";

/**
 * What to mail to an address once it has left its user; made before, so that nothing fails after.
 * Null for one that nobody proved, which may be a stranger's, and for a test account, which has no
 * mailbox.
 */
export async function addressNotice(
  store: Pick<Store, "apps">,
  app: App,
  user: User,
  { address, replaced }: { readonly address: string; readonly replaced: boolean },
): Promise<Mail | null> {
  const isProven = user.accounts.some(
    ({ type, subject, isVerified }) => type === "email" && subject === address && isVerified,
  );
  if (!isProven || (await store.apps.findTestAccount(app.id, address))) return null;
  return mailFor(app, replaced ? "address_replaced" : "address_removed", {
    to: address,
    values: {},
  });
}
