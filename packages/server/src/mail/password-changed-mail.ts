import type { Mail } from "./mailer.ts";
import { plainMail } from "./plain-mail.ts";

/** Tells the owner of an address that its password was set or replaced (ASVS 6.3.7). */
export function passwordChangedMail({ to, appName }: { to: string; appName: string }): Mail {
  return plainMail({
    to,
    subject: `Your ${appName} password was set`,
    lines: [
      `The password of your ${appName} account was set just now.`,
      "If that was you, there is nothing to do. Wherever you were signed in with the old one, you are signed out.",
      "If it was not you, somebody can read your mail: secure your mailbox first, then choose a new password.",
    ],
  });
}
