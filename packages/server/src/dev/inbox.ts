import type { Mail, Mailer } from "../mail/mailer.ts";

export interface ReceivedMail extends Mail {
  /** ISO 8601. */
  readonly sentAt: string;
}

/** Development's mailbox: keeps what was sent instead of sending it. */
export interface Inbox extends Mailer {
  /** Newest first; all addresses when `to` is null. */
  list(to: string | null): ReceivedMail[];
}

const MAX_MAILS = 500;

export function openInbox(now: () => number): Inbox {
  const mails: ReceivedMail[] = [];
  return {
    async send(mail) {
      mails.unshift({ ...mail, sentAt: new Date(now()).toISOString() });
      mails.length = Math.min(mails.length, MAX_MAILS);
    },
    list: (to) =>
      to === null ? [...mails] : mails.filter((mail) => mail.to === to.trim().toLowerCase()),
  };
}
