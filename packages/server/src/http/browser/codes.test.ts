import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { AuthenticatedUser } from "@latchkey/core/protocol/browser";
import Sqlite from "better-sqlite3";
import { afterEach, describe, expect, test } from "vitest";
import { enableTestAccount } from "../../apps/test-accounts.ts";
import type { Mail } from "../../mail/mailer.ts";
import { type Answer, openPage, type PageOptions, type TestPage } from "../testing/test-page.ts";
import {
  ORIGIN,
  openTestServer,
  type TestServer,
  type TestServerOptions,
} from "../testing/test-server.ts";

const ADA = "ada@example.com";
const MINUTE = 60_000;
const DAY = 24 * 60 * MINUTE;

let server: TestServer;
let clock: number;
afterEach(() => server.close());

async function open(options: TestServerOptions = {}): Promise<TestPage> {
  clock = Date.now();
  server = await openTestServer({ now: () => clock, ...options });
  return openPage(server);
}

const ask = (page: TestPage, email = ADA) => page.post("/passwordless/init", { email });
const enter = (page: TestPage, code: string, email = ADA, headers = {}) =>
  page.post("/passwordless/authenticate", { email, code }, headers);
const told = (answer: Answer) => [answer.status, answer.code];

/** A code for the address, asked for by the page. */
async function codeFor(page: TestPage, email = ADA): Promise<string> {
  expect(told(await ask(page, email))).toEqual([200, undefined]);
  return server.codeFor(email);
}

const wrong = (code: string) => (code === "000000" ? "111111" : "000000");

test("a code by mail signs in, once", async () => {
  const page = await open();
  const code = await codeFor(page);
  const first = await enter(page, code);
  const { user, is_new_user, refresh_token, session_update_action } = first.as<AuthenticatedUser>();
  expect(first.status).toBe(200);
  expect(user.linked_accounts).toMatchObject([{ type: "email", address: ADA }]);
  expect([is_new_user, session_update_action]).toEqual([true, "set"]);
  expect(refresh_token).toMatch(/^lk1\./);
  expect(told(await enter(page, code))).toEqual([422, "invalid_credentials"]);
  expect((await page.signIn(ADA)).is_new_user).toBe(false);
});

test("an address means the same in any spelling", async () => {
  const page = await open();
  expect((await ask(page, "  Ada@Example.COM ")).status).toBe(200);
  const answer = await enter(page, await server.codeFor(ADA), "ADA@example.com");
  expect(answer.as<AuthenticatedUser>().user.linked_accounts).toMatchObject([{ address: ADA }]);
});

test("a code is good for ten minutes (ASVS 6.5.5)", async () => {
  const page = await open();
  const code = await codeFor(page);
  clock += 10 * MINUTE - 1000;
  expect((await enter(page, code)).status).toBe(200);
  const late = await codeFor(page);
  clock += 10 * MINUTE + 1000;
  expect(told(await enter(page, late))).toEqual([422, "invalid_credentials"]);
});

test("the clock may step back an hour: codes, sessions and limits go on", async () => {
  const page = await open();
  const code = await codeFor(page);
  clock -= 60 * MINUTE;
  const signedIn = (await enter(page, code)).as<AuthenticatedUser>();
  clock -= 60 * MINUTE;
  const refreshed = await page.post("/sessions", { refresh_token: signedIn.refresh_token });
  expect(refreshed.status).toBe(200);
  const headers = { authorization: `Bearer ${refreshed.as<AuthenticatedUser>().token}` };
  expect((await page.call("/users/me", { headers })).status).toBe(200);
  expect((await page.signIn(ADA)).user.id).toBe(signedIn.user.id);
});

describe("who has an account cannot be found out (ASVS 6.3.8)", () => {
  const comparable = ({ status, text, headers }: Answer) => ({
    status,
    text,
    headers: [...headers].filter(([name]) => name !== "x-request-id"),
  });

  test("asking for a code answers known and unknown addresses byte for byte alike", async () => {
    const page = await open();
    await page.signIn(ADA);
    expect(comparable(await ask(page, ADA))).toEqual(
      comparable(await ask(page, "nobody@example.com")),
    );
  });

  test("a wrong code answers them alike too, with and without a live code", async () => {
    const page = await open();
    await page.signIn(ADA);
    const answers = [await enter(page, "123456"), await enter(page, "123456", "no@example.com")];
    const code = await codeFor(page);
    answers.push(await enter(page, wrong(code)));
    for (const answer of answers)
      expect(comparable(answer)).toEqual(comparable(answers[0] as Answer));
  });

  test("asking for a code writes as much for an unknown address as for a known one", async () => {
    const folder = mkdtempSync(join(tmpdir(), "latchkey-codes-"));
    const page = await open({ databaseUrl: `sqlite:${join(folder, "test.db")}` });
    await page.signIn(ADA);
    const database = new Sqlite(join(folder, "test.db"), { readonly: true });
    const tables = database
      .prepare<[], { name: string }>("SELECT name FROM sqlite_schema WHERE type = 'table'")
      .all();
    const rows = () => tables.map(({ name }) => database.prepare(`SELECT * FROM "${name}"`).all());
    const writesOf = async (email: string) => {
      const before = rows();
      await ask(page, email);
      return rows().map((after, table) => {
        const known = new Set(before[table]?.map((row) => JSON.stringify(row)));
        return after.filter((row) => !known.has(JSON.stringify(row))).length;
      });
    };
    clock += 1000;
    const known = await writesOf(ADA);
    clock += 1000;
    expect(await writesOf("nobody@example.com")).toEqual(known);
    expect(known.reduce((sum, count) => sum + count)).toBeGreaterThan(0);
    database.close();
    rmSync(folder, { recursive: true });
  });

  test("the answer does not wait for the mail: a relay that hangs delays nothing", async () => {
    let release = () => {};
    const hangs = new Promise<void>((resolve) => {
      release = resolve;
    });
    const page = await open({ mailer: { send: () => hangs } });
    const started = performance.now();
    expect((await ask(page)).status).toBe(200);
    expect(performance.now() - started).toBeLessThan(1000);
    release();
  });
});

describe("a code is bound to who asked for it (ASVS 6.6.2)", () => {
  const others: readonly [string, PageOptions][] = [
    ["another browser", { analyticsId: "ca-2" }],
    ["another origin", { origin: "https://other.example.com" }],
    ["no browser at all", { origin: null }],
  ];

  test.each(others)("%s cannot use it, and does not spoil it", async (_, options) => {
    const page = await open({ app: { allowedOrigins: [ORIGIN, "https://other.example.com"] } });
    const code = await codeFor(page);
    const other = openPage(server, options);
    for (let guess = 0; guess < 8; guess++) {
      expect(told(await enter(other, code))).toEqual([422, "invalid_credentials"]);
    }
    expect((await enter(page, code)).status).toBe(200);
  });

  test("another requester's code never replaces yours, and each signs in with their own", async () => {
    const page = await open();
    const mine = await codeFor(page);
    const eve = openPage(server, { analyticsId: "eve" });
    const hers = await codeFor(eve);
    expect(told(await enter(eve, mine))).toEqual([422, "invalid_credentials"]);
    expect(told(await enter(page, hers))).toEqual([422, "invalid_credentials"]);
    expect((await enter(page, mine)).status).toBe(200);
  });

  test("another app of the same server cannot use it", async () => {
    const page = await open();
    const code = await codeFor(page);
    const { id } = await server.addApp();
    const elsewhere = openPage(server, { appId: id });
    expect(told(await enter(elsewhere, code))).toEqual([422, "invalid_credentials"]);
  });

  test("with the pre-login cookie, the cookie alone decides (ASVS 10.1.2)", async () => {
    const page = await open();
    const config = await page.call(`/apps/${server.app.id}`);
    const [cookie = ""] = config.headers.getSetCookie();
    expect(cookie).toMatch(
      /^__Host-latchkey-prelogin=[\w-]{22}; Path=\/; Max-Age=86400; HttpOnly; Secure; SameSite=None$/,
    );
    const again = await page.call(`/apps/${server.app.id}`);
    expect(again.headers.getSetCookie()).toEqual([]);

    const code = await codeFor(page);
    const without = openPage(server);
    expect(told(await enter(without, code))).toEqual([422, "invalid_credentials"]);
    const foreign = { cookie: `__Host-latchkey-prelogin=${"A".repeat(22)}` };
    expect(told(await enter(without, code, ADA, foreign))).toEqual([422, "invalid_credentials"]);
    const twice = { cookie: `${cookie.split(";")[0]}; ${foreign.cookie}` };
    expect(told(await enter(without, code, ADA, twice))).toEqual([422, "invalid_credentials"]);
    const kept = { "privy-ca-id": "storage-was-cleared" };
    expect((await enter(page, code, ADA, kept)).status).toBe(200);
  });
});

test("a browser that signed in before is not locked out by others who ask (ASVS 6.1.1)", async () => {
  const page = await open();
  const code = await codeFor(page);
  const [cookie = ""] = (await enter(page, code)).headers.getSetCookie();
  expect(cookie).toMatch(
    /^__Host-latchkey-device-c[a-z0-9]{24}=[\w.-]{77}; Path=\/; Max-Age=7776000; HttpOnly; Secure; SameSite=None$/,
  );
  const attacker = openPage(server, { analyticsId: "attacker" });
  while ((await ask(attacker)).status === 200) {}
  expect(told(await ask(openPage(server, { analyticsId: "new" })))).toEqual([
    429,
    "too_many_requests",
  ]);
  expect((await enter(page, await codeFor(page))).status).toBe(200);
  expect(told(await ask(page, "eve@example.com")), "asks as anyone for another").toEqual([
    200,
    undefined,
  ]);
});

describe("guessing is bounded (ASVS 6.6.3)", () => {
  test("a code is good for five attempts", async () => {
    const page = await open();
    const code = await codeFor(page);
    for (let attempt = 0; attempt < 4; attempt++) await enter(page, wrong(code));
    expect((await enter(page, code)).status).toBe(200);
    const spent = await codeFor(page);
    for (let attempt = 0; attempt < 5; attempt++) await enter(page, wrong(spent));
    expect(told(await enter(page, spent))).toEqual([422, "invalid_credentials"]);
  });

  test("five attempts at once are five attempts", async () => {
    const page = await open();
    const code = await codeFor(page);
    await Promise.all(Array.from({ length: 5 }, () => enter(page, wrong(code))));
    expect(told(await enter(page, code))).toEqual([422, "invalid_credentials"]);
  });

  test("an address has five live codes, then says when to come again", async () => {
    const page = await open();
    const codes: string[] = [];
    for (let count = 0; count < 5; count++) codes.push(await codeFor(page));
    const refused = await ask(page);
    expect(told(refused)).toEqual([429, "too_many_requests"]);
    expect(refused.headers.get("retry-after")).toBe("600");
    expect(refused.text).toContain("ten minutes");
    expect((await ask(page, "bob@example.com")).status).toBe(200);
    expect((await enter(page, codes[0] ?? "")).status).toBe(200);
    clock += 10 * MINUTE + 1;
    expect((await ask(page)).status).toBe(200);
  });

  test("an address takes 30 wrong codes a day from whoever has one to guess at, then waits", async () => {
    const page = await open();
    for (let round = 0; round < 6; round++) {
      const guesser = openPage(server, { analyticsId: `guesser-${round}` });
      const code = await codeFor(guesser);
      for (let guess = 0; guess < 5; guess++) {
        expect(told(await enter(guesser, wrong(code)))).toEqual([422, "invalid_credentials"]);
      }
      clock += 10 * MINUTE + 1;
    }
    const refused = await enter(page, await codeFor(page));
    expect(told(refused)).toEqual([429, "too_many_requests"]);
    expect(Number(refused.headers.get("retry-after"))).toBeGreaterThan(82_000);
    expect((await enter(page, "123456", "bob@example.com")).status).toBe(422);
    clock += DAY + 1;
    expect((await enter(page, await codeFor(page))).status).toBe(200);
  });

  test("who asked for no code guesses at nothing, and locks nobody out (ASVS 6.1.1)", async () => {
    const page = await open();
    const code = await codeFor(page);
    for (let guess = 0; guess < 40; guess++) {
      const stranger = openPage(server, { analyticsId: `stranger-${guess}` });
      expect(told(await enter(stranger, wrong(code)))).toEqual([422, "invalid_credentials"]);
    }
    expect((await enter(page, code)).status).toBe(200);
  });

  test("signing in uses up nothing of the day's guesses", async () => {
    const page = await open();
    for (let time = 0; time < 35; time++) await page.signIn(ADA);
    expect(told(await enter(page, "123456"))).toEqual([422, "invalid_credentials"]);
  });
});

describe("an app decides who may sign in by mail", () => {
  test("a test account has a fixed code and no mailbox", async () => {
    const page = await open();
    const { store, master } = server.services;
    const account = await enableTestAccount(store.apps, master, server.app.id);
    expect((await ask(page, account.email)).status).toBe(200);
    expect(server.mails).toEqual([]);
    expect(told(await enter(page, wrong(account.code), account.email))).toEqual([
      422,
      "invalid_credentials",
    ]);
    for (const analyticsId of ["ca-1", "ca-2"]) {
      const anywhere = openPage(server, { analyticsId });
      expect((await enter(anywhere, account.code, account.email)).status).toBe(200);
    }
    const replaced = await enableTestAccount(store.apps, master, server.app.id);
    if (replaced.code !== account.code || replaced.email !== account.email) {
      expect((await enter(page, account.code, account.email)).status).toBe(422);
    }
  });

  test("the allowlist speaks only after the address was proven, in the app's words", async () => {
    const page = await open({
      app: { allowlistEnabled: true, allowlistDetail: "Ask Grace for an invitation." },
    });
    const code = await codeFor(page);
    expect(told(await enter(page, wrong(code)))).toEqual([422, "invalid_credentials"]);
    const refused = await enter(page, code);
    expect(told(refused)).toEqual([401, "allowlist_rejected"]);
    expect(refused.text).toContain("Ask Grace for an invitation.");
    const list = (type: string, value: string) =>
      server.services.store.apps.addToAllowlist({
        id: `c${value}`,
        appId: server.app.id,
        type,
        value,
      });
    await list("email_domain", "example.com");
    expect((await enter(page, code)).status).toBe(200);
    expect(
      told(await enter(page, await codeFor(page, "ada@sub.example.com"), "ada@sub.example.com")),
    ).toEqual([401, "allowlist_rejected"]);
    await list("email", "bob@example.org");
    expect((await page.signIn("bob@example.org")).is_new_user).toBe(true);
  });

  test("addresses with a plus sign are taken unless the app refuses them", async () => {
    const page = await open();
    expect((await page.signIn("ada+one@example.com")).is_new_user).toBe(true);
    await server.close();
    const strict = await open({ app: { disablePlusEmails: true } });
    const refused = await ask(strict, "ada+one@example.com");
    expect(told(refused)).toEqual([400, "disallowed_plus_email"]);
    expect(refused.text).toContain("without it");
  });

  test("without e-mail sign-in there is none", async () => {
    const page = await open({ app: { emailAuth: false } });
    for (const answer of [await ask(page), await enter(page, "123456")]) {
      expect(told(answer)).toEqual([403, "disallowed_login_method"]);
      expect(answer.text).toContain("emailAuth");
    }
  });

  test("no-signup makes no user, and the code stays good for signing up", async () => {
    const page = await open();
    const code = await codeFor(page);
    const body = { email: ADA, code, mode: "no-signup" };
    const refused = await page.post("/passwordless/authenticate", body);
    expect(told(refused)).toEqual([404, "user_does_not_exist"]);
    expect((await enter(page, code)).as<AuthenticatedUser>().is_new_user).toBe(true);
  });

  test("an app with its number of users lets those in that it has", async () => {
    const page = await open({ app: { maxUsers: 1 } });
    await page.signIn(ADA);
    const refused = await enter(page, await codeFor(page, "bob@example.com"), "bob@example.com");
    expect(told(refused)).toEqual([403, "max_accounts_reached"]);
    expect(refused.text).toContain("maxUsers");
    expect((await page.signIn(ADA)).is_new_user).toBe(false);
  });

  test("a disabled user is told so, after the proof", async () => {
    const page = await open();
    const { user } = await page.signIn(ADA);
    const id = user.id.replace("did:privy:", "");
    await server.services.store.users.setDisabled(server.app.id, id, true);
    const code = await codeFor(page);
    expect(told(await enter(page, wrong(code)))).toEqual([422, "invalid_credentials"]);
    expect(told(await enter(page, code))).toEqual([403, "user_disabled"]);
  });
});

describe("a repeated sign-in with its Idempotency-Key (R6)", () => {
  const key = { "idempotency-key": "5f0c-4e1d" };

  test("gets the same session, also when both arrive at once", async () => {
    const page = await open();
    const code = await codeFor(page);
    const both = await Promise.all([enter(page, code, ADA, key), enter(page, code, ADA, key)]);
    const third = await enter(page, code, ADA, key);
    const [a, b, c] = [...both, third].map((answer) => answer.as<AuthenticatedUser>());
    expect([...both, third].map(({ status }) => status)).toEqual([200, 200, 200]);
    expect(b?.refresh_token).toBe(a?.refresh_token);
    expect(c?.refresh_token).toBe(a?.refresh_token);
    expect([a?.is_new_user, b?.is_new_user, c?.is_new_user]).toEqual([true, true, true]);
  });

  test("is refused with another request, and after a minute", async () => {
    const page = await open();
    const code = await codeFor(page);
    expect((await enter(page, code, ADA, key)).status).toBe(200);
    const reused = await enter(page, wrong(code), ADA, key);
    expect(told(reused)).toEqual([422, "idempotency_key_reused"]);
    expect(reused.text).toContain("new key");
    const otherKey = { "idempotency-key": "other" };
    expect(told(await enter(page, code, ADA, otherKey))).toEqual([422, "invalid_credentials"]);
    clock += MINUTE + 1;
    expect(told(await enter(page, code, ADA, key))).toEqual([422, "invalid_credentials"]);
  });

  test("revives no session that was signed out meanwhile", async () => {
    const page = await open();
    const code = await codeFor(page);
    const { refresh_token } = (await enter(page, code, ADA, key)).as<AuthenticatedUser>();
    await page.post("/sessions/logout", { refresh_token });
    expect(told(await enter(page, code, ADA, key))).toEqual([422, "invalid_credentials"]);
  });
});

test("the mail names the app, says how long the code is good, and holds no markup of others", async () => {
  const page = await open();
  await codeFor(page);
  const mail = server.mails.at(-1) as Mail;
  // It is read on locked screens.
  expect(mail.subject).toBe("Your Test app code");
  expect(mail.text).toContain("ten minutes");
  expect(mail.html).toContain("Test app");
});
