import { describe, expect, test } from "vitest";
import { type MailSender, mailFor } from "./app-mail.ts";
import { type Mail, openOutbox } from "./mailer.ts";

const sender = (name: string): MailSender => ({
  name,
  settings: { logoUrl: null, accentColor: null },
  mailTemplates: new Map(),
});
const mail = mailFor(sender("Demo"), "code", {
  to: "ada@example.com",
  values: { code: "123456" },
});

/** An outbox whose relay answers with `answers` in turn, then takes everything. */
function open(answers: readonly (object | undefined)[]) {
  const log = {
    attempts: [] as Mail[],
    waits: [] as number[],
    sent: 0,
    failures: [] as { error: unknown; attempts: number }[],
  };
  const left = [...answers];
  const outbox = openOutbox({
    mailer: {
      async send(each) {
        log.attempts.push(each);
        const failure = left.shift();
        if (failure) throw Object.assign(new Error("no"), failure);
      },
    },
    wait: async (ms) => {
      log.waits.push(ms);
    },
    onSent: () => log.sent++,
    onFailure: (error, attempts) => log.failures.push({ error, attempts }),
  });
  return { outbox, log };
}

test("a mail is handed over once when the relay takes it", async () => {
  const { outbox, log } = open([]);
  outbox.post(mail);
  expect(outbox.waiting()).toBe(1);
  await outbox.drain();
  expect([log.attempts.length, log.sent, outbox.waiting()]).toEqual([1, 1, 0]);
});

test("a failure that may pass is tried again within the life of a code, then given up", async () => {
  const { outbox, log } = open([{ responseCode: 451 }, { code: "ETIMEDOUT" }]);
  outbox.post(mail);
  await outbox.drain();
  expect([log.attempts.length, log.sent, log.failures]).toEqual([3, 1, []]);

  const hopeless = open(Array(9).fill({ code: "ECONNECTION" }));
  hopeless.outbox.post(mail);
  await hopeless.outbox.drain();
  expect(hopeless.log.attempts.length).toBe(5);
  expect(hopeless.log.failures).toMatchObject([{ attempts: 5 }]);
  expect(hopeless.log.waits.reduce((sum, ms) => sum + ms)).toBeLessThan(10 * 60_000);
});

test("what the relay refuses for good is not tried again (RFC 5321 section 4.2.1)", async () => {
  const { outbox, log } = open([{ responseCode: 550 }]);
  outbox.post(mail);
  await outbox.drain();
  expect([log.attempts.length, log.waits]).toEqual([1, []]);
  expect(log.failures).toMatchObject([{ attempts: 1 }]);
});

test("one mail that fails holds up no other", async () => {
  const { outbox, log } = open([{ code: "ETIMEDOUT" }]);
  outbox.post(mail);
  outbox.post({ ...mail, to: "bob@example.com" });
  await outbox.drain();
  expect(log.sent).toBe(2);
});

test("a full outbox gives up what is new and says so", async () => {
  const outbox = openOutbox({
    mailer: { send: () => new Promise(() => {}) },
    wait: async () => {},
    onSent() {},
    onFailure: (error) => failures.push(error),
  });
  const failures: unknown[] = [];
  for (let count = 0; count < 10_001; count++) outbox.post(mail);
  expect(outbox.waiting()).toBe(10_000);
  expect(failures).toMatchObject([{ message: "The outbox is full." }]);
});

describe("the mail with a code", () => {
  test("shows the code in text and page, not in the subject, and takes no header or markup from the app's name", () => {
    const { subject, text, html, code } = mailFor(
      sender('Evil\r\nBcc: all@example.com <img src=x onerror="alert(1)">'),
      "code",
      { to: "ada@example.com", values: { code: "012345" } },
    );
    expect(code).toBe("012345");
    expect(text).toContain("012345");
    expect(subject).not.toContain("012345");
    expect(html).toContain("012 345");
    expect(subject).not.toMatch(/[\r\n]/);
    expect(html).not.toContain("<img");
  });
});
