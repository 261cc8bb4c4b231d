import type { Mail } from "./mailer.ts";
import { plainMail } from "./plain-mail.ts";

export interface PasswordResetMailInput {
  readonly to: string;
  readonly appName: string;
  readonly link: string;
}

export function passwordResetMail({ to, appName, link }: PasswordResetMailInput): Mail {
  return plainMail({
    to,
    subject: `Choose a new ${appName} password`,
    lines: [
      `Somebody asked for a new password for your ${appName} account. Choose it here:`,
      "The link is good for an hour and works once.",
      "If it was not you, ignore this mail: without the link nothing changes.",
    ],
    link: { label: "Choose a new password", url: link },
  });
}
