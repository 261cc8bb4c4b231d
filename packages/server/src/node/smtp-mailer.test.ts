import type { AddressInfo } from "node:net";
import PostalMime, { type Email } from "postal-mime";
import { SMTPServer, type SMTPServerOptions } from "smtp-server";
import { afterEach, expect, test } from "vitest";
import { mailFor } from "../mail/app-mail.ts";
import type { Mailer } from "../mail/mailer.ts";
import { smtpMailer } from "./smtp-mailer.ts";

const FROM = "Latchkey Test <sign-in@example.com>";
const codeMail = (name: string) =>
  mailFor(
    { name, settings: { logoUrl: null, accentColor: null }, mailTemplates: new Map() },
    "code",
    { to: "ada@example.com", values: { code: "012345" } },
  );
const mail = codeMail("Zoë’s “Café”");

let relay: SMTPServer;
let mailer: Mailer | undefined;
afterEach(async () => {
  mailer?.close?.();
  await new Promise<void>((resolve) => relay.close(resolve));
});

/** A relay on a free port, and a mailer that sends through it. */
async function open(options: SMTPServerOptions = {}, host = "127.0.0.1", credentials = "") {
  const received: Email[] = [];
  relay = new SMTPServer({
    authOptional: true,
    disabledCommands: ["STARTTLS"],
    onData(stream, _session, done) {
      const chunks: Buffer[] = [];
      stream.on("data", (chunk) => chunks.push(chunk));
      stream.on("end", async () => {
        received.push(await PostalMime.parse(Buffer.concat(chunks)));
        done();
      });
    },
    ...options,
  });
  // What a client does to a connection is no failure of the test.
  relay.on("error", () => undefined);
  await new Promise<void>((resolve) => relay.listen(0, "127.0.0.1", resolve));
  const { port } = relay.server.address() as AddressInfo;
  mailer = smtpMailer(`smtp://${credentials}${host}:${port}`, FROM);
  return { received, mailer, port };
}

test("a mail arrives as it was written, in text and HTML", async () => {
  const { received, mailer } = await open();
  await mailer.send(mail);
  const [arrived] = received;
  expect(arrived?.from).toMatchObject({ name: "Latchkey Test", address: "sign-in@example.com" });
  expect(arrived?.to).toMatchObject([{ address: "ada@example.com" }]);
  expect(arrived?.subject).toBe("Your Zoë’s “Café” code");
  const lines = (text: string | undefined) => text?.replaceAll("\r\n", "\n").trim();
  expect(lines(arrived?.text)).toBe(mail.text.trim());
  expect(lines(arrived?.html)).toBe(mail.html.trim());
  const header = (key: string) => arrived?.headers.find((each) => each.key === key)?.value;
  expect(header("auto-submitted")).toBe("auto-generated");
  expect(header("message-id")).toMatch(/@example\.com>$/);
});

test("many mails share a few connections", async () => {
  let connections = 0;
  const { received, mailer } = await open({
    onConnect(_session, done) {
      connections++;
      done();
    },
  });
  await Promise.all(Array.from({ length: 30 }, () => mailer.send(mail)));
  expect(received).toHaveLength(30);
  expect(connections).toBeLessThanOrEqual(5);
});

test("an app's name can add no header and no recipient", async () => {
  const { received, mailer } = await open();
  const appName = "Demo\r\nBcc: eve@example.com\r\n\r\nhello";
  await mailer.send(codeMail(appName));
  expect(received[0]?.headers.some(({ key }) => key === "bcc")).toBe(false);
  expect(received[0]?.subject).toContain("Bcc: eve@example.com hello code");
});

test("the relay's refusal says why without the address, so that it may be logged", async () => {
  const { mailer } = await open({
    onRcptTo({ address }, _session, done) {
      done(Object.assign(new Error(`mailbox ${address} unknown`), { responseCode: 550 }));
    },
  });
  const error = await mailer.send(mail).catch((reason: Error) => reason);
  expect(error).toMatchObject({ code: "EENVELOPE", responseCode: 550 });
  expect((error as Error).message).toBe(
    "The relay did not take the mail (EENVELOPE 550 at RCPT TO).",
  );
  expect(JSON.stringify(error) + (error as Error).stack).not.toContain("ada@");
});

test("a refusal that may pass keeps its number", async () => {
  const { mailer } = await open({
    onRcptTo(_address, _session, done) {
      done(Object.assign(new Error("try later"), { responseCode: 451 }));
    },
  });
  await expect(mailer.send(mail)).rejects.toMatchObject({ responseCode: 451 });
});

test("user and password are checked, and a wrong one names the variable", async () => {
  const options: SMTPServerOptions = {
    authOptional: false,
    allowInsecureAuth: true,
    onAuth({ username, password }, _session, done) {
      if (username === "user" && password === "p@ss/word") done(null, { user: username });
      else done(Object.assign(new Error("no"), { responseCode: 535 }));
    },
  };
  const { received, mailer } = await open(options, "127.0.0.1", "user:p%40ss%2Fword@");
  await mailer.send(mail);
  expect(received).toHaveLength(1);
  mailer.close?.();
  await new Promise<void>((resolve) => relay.close(resolve));
  const wrong = await open(options, "127.0.0.1", "user:wrong@");
  await expect(wrong.mailer.send(mail)).rejects.toMatchObject({
    code: "EAUTH",
    responseCode: 535,
    message: expect.stringContaining("LATCHKEY_SMTP_URL"),
  });
});

test("nothing goes unencrypted to another machine, unless the URL says so (ASVS 12.3.1)", async () => {
  // Another spelling of this machine, which stands for another.
  const { received, mailer, port } = await open({}, "127.1");
  await expect(mailer.send(mail)).rejects.toMatchObject({
    code: "ETLS",
    message: expect.stringContaining("?requireTLS=false"),
  });
  expect(received).toEqual([]);
  const trusting = smtpMailer(`smtp://127.1:${port}?requireTLS=false`, FROM);
  await trusting.send(mail);
  trusting.close?.();
  expect(received).toHaveLength(1);
});

test("a relay that is away is an error to try again after", async () => {
  const { mailer } = await open();
  await new Promise<void>((resolve) => relay.close(resolve));
  const error = await mailer.send(mail).catch((reason: object) => reason);
  expect(error).toMatchObject({ message: expect.stringContaining("did not take the mail") });
  expect(error).not.toHaveProperty("responseCode");
});
