import { createTransport } from "nodemailer";
import type { Mailer } from "../mail/mailer.ts";

/** Far under the life of a code, so that a relay that hangs leaves time for another attempt. */
const PATIENCE = { connectionTimeout: 10_000, greetingTimeout: 10_000, socketTimeout: 30_000 };

/** A relay on this machine needs no encryption on the way to it. */
const THIS_MACHINE = /^(localhost|127\.\d+\.\d+\.\d+|\[::1\])$/i;

/** What helps with the failures that are the configuration's. */
const REMEDIES: Readonly<Record<string, string>> = {
  EAUTH: "Check user and password in LATCHKEY_SMTP_URL.",
  EDNS: "Check the host in LATCHKEY_SMTP_URL.",
  ETLS: "The relay must offer STARTTLS with a valid certificate. On a network that you trust, end LATCHKEY_SMTP_URL with ?requireTLS=false.",
};

/**
 * Sends through the relay at `url`: smtps://, or smtp:// with STARTTLS, which is required unless
 * the relay is on this machine or the URL says `?requireTLS=false`.
 */
export function smtpMailer(url: string, from: string): Mailer {
  const requireTLS = !THIS_MACHINE.test(new URL(url).hostname);
  const transport = createTransport({ ...PATIENCE, url, pool: true, requireTLS }, { from });
  return {
    async send({ to, subject, text, html }) {
      // RFC 3834 section 5: no machine answers such a mail.
      const headers = { "Auto-Submitted": "auto-generated" };
      try {
        await transport.sendMail({ to, subject, text, html, headers });
      } catch (error) {
        throw withoutAddress(error);
      }
    },
    close: () => transport.close(),
  };
}

/** The failure without the relay's words, which often repeat the address: errors are logged. */
function withoutAddress(error: unknown): Error {
  const { code, responseCode, command } = error as {
    code?: string;
    responseCode?: number;
    command?: string;
  };
  const where = [code, responseCode, command && `at ${command}`].filter(Boolean).join(" ");
  const remedy = REMEDIES[code ?? ""];
  const message = `The relay did not take the mail (${where || "no reason given"}).`;
  return Object.assign(new Error(remedy ? `${message} ${remedy}` : message), {
    ...(code !== undefined && { code }),
    ...(responseCode !== undefined && { responseCode }),
  });
}
