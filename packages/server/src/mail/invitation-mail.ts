import type { Mail } from "./mailer.ts";
import { plainMail } from "./plain-mail.ts";

export interface InvitationMailInput {
  readonly to: string;
  readonly appName: string;
  /** Null for an invitation to the app alone. */
  readonly organizationName: string | null;
  readonly link: string;
  /** Milliseconds since the epoch. */
  readonly expiresAt: number;
}

export function invitationMail(input: InvitationMailInput): Mail {
  const { to, appName, organizationName, link, expiresAt } = input;
  const what = organizationName === null ? appName : `${organizationName} on ${appName}`;
  const day = new Date(expiresAt).toISOString().slice(0, 10);
  return plainMail({
    to,
    subject: `You are invited to ${what}`,
    lines: [
      `You are invited to join ${what}.`,
      `The invitation is for ${to} and good until ${day}. You sign in with this address.`,
      "If you do not know what this is about, ignore this mail.",
    ],
    link: { label: "See the invitation", url: link },
  });
}
