import { createTransport } from "nodemailer";
import type { Mailer } from "../mail/mailer.ts";

/** Sends through the relay at `url` (smtp:// with STARTTLS where offered, or smtps://). */
export function smtpMailer(url: string, from: string): Mailer {
  const transport = createTransport(url, { from });
  return {
    async send({ to, subject, text, html }) {
      await transport.sendMail({ to, subject, text, html });
    },
  };
}
