import type { Mail } from "./mailer.ts";
import { plainMail } from "./plain-mail.ts";

export interface WayInChange {
  /** What one signs in with, such as Google. */
  readonly name: string;
  readonly change: "added" | "removed";
}

/** Tells a user that a way to sign in was added to their account or removed from it (ASVS 6.3.7). */
export function wayInMail({
  to,
  appName,
  name,
  change,
}: WayInChange & { readonly to: string; readonly appName: string }): Mail {
  const isAdded = change === "added";
  return plainMail({
    to,
    subject: isAdded
      ? `${name} was added to your ${appName} account`
      : `${name} was removed from your ${appName} account`,
    lines: [
      isAdded
        ? `From now on one can sign in to your ${appName} account with ${name}.`
        : `One can no longer sign in to your ${appName} account with ${name}. Wherever else you were signed in, you are signed out.`,
      "If that was you, there is nothing to do.",
      `If it was not you, somebody has used your account: sign in, ${isAdded ? `remove ${name} again` : "look at its other ways to sign in"}, and tell the people behind ${appName}.`,
    ],
  });
}
