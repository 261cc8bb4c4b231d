import type { AddressInfo } from "node:net";
import { setTimeout as sleep } from "node:timers/promises";
import PostalMime, { type Email } from "postal-mime";
import { SMTPServer } from "smtp-server";

/** A real SMTP server that keeps what it takes. */
export interface Relay {
  readonly port: number;
  /** Waits for a mail to the address that was not read yet, and answers its code. */
  codeFor(address: string): Promise<string>;
  close(): Promise<void>;
}

/** Refuses mail to any address that begins with `refused`. */
export async function startRelay(): Promise<Relay> {
  const mails: Email[] = [];
  const server = new SMTPServer({
    authOptional: true,
    disabledCommands: ["STARTTLS"],
    onRcptTo({ address }, _session, done) {
      if (!address.startsWith("refused")) return done();
      done(Object.assign(new Error(`<${address}>: no such mailbox`), { responseCode: 550 }));
    },
    onData(stream, _session, done) {
      const chunks: Buffer[] = [];
      stream.on("data", (chunk) => chunks.push(chunk));
      stream.on("end", async () => {
        mails.push(await PostalMime.parse(Buffer.concat(chunks)));
        done();
      });
    },
  });
  server.on("error", () => undefined);
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return {
    port: (server.server.address() as AddressInfo).port,
    async codeFor(address) {
      for (let tries = 0; tries < 100; tries++) {
        const at = mails.findIndex(({ to }) => to?.some((each) => each.address === address));
        const [mail] = at < 0 ? [] : mails.splice(at, 1);
        const code = /^\d{6}$/m.exec(mail?.text ?? "")?.[0];
        if (code) return code;
        await sleep(50);
      }
      throw new Error(`No mail to ${address} arrived in five seconds.`);
    },
    close: () => new Promise((resolve) => server.close(() => resolve())),
  };
}
