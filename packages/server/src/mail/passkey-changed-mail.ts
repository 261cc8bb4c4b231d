import type { Mail } from "./mailer.ts";
import { plainMail } from "./plain-mail.ts";

export interface PasskeyChangedMailInput {
  readonly to: string;
  readonly appName: string;
  /** What its user calls it; null where nobody knows. */
  readonly name: string | null;
  readonly added: boolean;
}

/** Tells a user that there is one way more, or less, into their account (ASVS 6.3.7). */
export function passkeyChangedMail({ to, appName, name, added }: PasskeyChangedMailInput): Mail {
  const passkey = name === null ? "A passkey" : `The passkey "${name}"`;
  return plainMail({
    to,
    subject: `A passkey was ${added ? "added to" : "removed from"} your ${appName} account`,
    lines: [
      added
        ? `${passkey} was added to your ${appName} account just now. It signs in without a code or password.`
        : `${passkey} was removed from your ${appName} account just now. It signs in no more.`,
      added
        ? "If that was you, there is nothing to do."
        : "If that was you, there is nothing to do. Wherever else you were signed in, you are signed out.",
      `If it was not you, somebody has used your account: sign in, remove what you do not know, and tell the people behind ${appName}.`,
    ],
  });
}
