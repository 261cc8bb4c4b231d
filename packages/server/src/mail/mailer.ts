/** Sending mail, as the rest of the server sees it. */

export interface Mail {
  readonly to: string;
  readonly subject: string;
  readonly text: string;
  readonly html: string;
  /** The one-time code inside, for the development inbox. */
  readonly code: string | null;
}

export interface Mailer {
  /** Resolves when the relay has taken the mail. */
  send(mail: Mail): Promise<void>;
  /** Lets go of connections that are kept for the next mail. */
  close?(): void;
}

/** Takes mail at once and sends it in the background, so that no answer tells how long it took. */
export interface Outbox {
  post(mail: Mail): void;
  /** Resolves when everything posted was sent or given up; for shutdown. */
  drain(): Promise<void>;
  /** Mails that are neither sent nor given up. */
  waiting(): number;
  /** Lets go of the mailer; after it, nothing is posted. */
  close(): void;
}

export interface OutboxDeps {
  readonly mailer: Mailer;
  /** Must not keep the process alive. */
  readonly wait: (ms: number) => Promise<void>;
  /** Told of a mail that was given up; never its address or text. */
  readonly onFailure: (error: unknown, attempts: number) => void;
  readonly onSent: () => void;
}

/** Waits between attempts; together under the life of a code. */
const DELAYS_MS = [1000, 5000, 20_000, 60_000];
const MAX_WAITING = 10_000;

export function openOutbox({ mailer, wait, onFailure, onSent }: OutboxDeps): Outbox {
  const running = new Set<Promise<void>>();

  async function deliver(mail: Mail): Promise<void> {
    for (let attempt = 0; ; attempt++) {
      try {
        await mailer.send(mail);
        onSent();
        return;
      } catch (error) {
        const delay = DELAYS_MS[attempt];
        if (delay === undefined || isPermanent(error)) {
          onFailure(error, attempt + 1);
          return;
        }
        await wait(delay);
      }
    }
  }

  return {
    post(mail) {
      if (running.size >= MAX_WAITING) {
        onFailure(new Error("The outbox is full."), 0);
        return;
      }
      const sending = deliver(mail).finally(() => running.delete(sending));
      running.add(sending);
    },
    async drain() {
      await Promise.all(running);
    },
    waiting: () => running.size,
    close: () => mailer.close?.(),
  };
}

/** An SMTP 5yz answer (RFC 5321 section 4.2.1): trying again would get it again. */
function isPermanent(error: unknown): boolean {
  const code = (error as { responseCode?: unknown })?.responseCode;
  return typeof code === "number" && code >= 500;
}
