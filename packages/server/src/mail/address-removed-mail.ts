import type { Mail } from "./mailer.ts";
import { plainMail } from "./plain-mail.ts";

export interface AddressRemovedMailInput {
  /** The address that is no way in any more. */
  readonly to: string;
  readonly appName: string;
  /** Whether another address took its place. */
  readonly replaced: boolean;
}

/** Tells the owner of an address that it left an account (ASVS 6.3.7). Names no other address. */
export function addressRemovedMail({ to, appName, replaced }: AddressRemovedMailInput): Mail {
  return plainMail({
    to,
    subject: `Your ${appName} account no longer has this address`,
    lines: [
      replaced
        ? `Another e-mail address took the place of this one in your ${appName} account just now.`
        : `This e-mail address was removed from your ${appName} account just now.`,
      "If that was you, there is nothing to do. Wherever else you were signed in, you are signed out.",
      `If it was not you, somebody has used your account: tell the people behind ${appName}, from this address.`,
    ],
  });
}
