import { afterEach, expect, test } from "vitest";
import { createApp } from "../app.ts";
import { enableTestAccount } from "../apps/test-accounts.ts";
import { type LoginWorld, OTHER_CALLBACK, openLoginWorld, sentTo } from "./testing/login-world.ts";
import { openBrowser, type ShownPage, type TestBrowser } from "./testing/test-browser.ts";

const EMAIL = "ada@example.com";
const PASSWORD = "vier blaue Kutschen";
const SIGN_IN = "__Host-latchkey-sign-in";

let world: LoginWorld;
afterEach(() => world.close());
const open = async (app: object = {}) => {
  world = await openLoginWorld({ app: { passwordAuth: true, ...app } });
  return world;
};

/** Chooses a password by way of a link with these words, and proves the address. */
async function choose(
  browser: TestBrowser,
  page: ShownPage,
  password = PASSWORD,
): Promise<ShownPage> {
  const code = await browser.submit(page, { email: EMAIL, password });
  if (code.status !== 200) return code;
  return browser.submit(code, { code: await world.codeFor(EMAIL) });
}

async function signUp(browser: TestBrowser): Promise<ShownPage> {
  const first = await browser.open(world.authorizeUrl({ screen_hint: "sign-up" }));
  return choose(browser, await browser.follow(first, "Choose a password"));
}

async function passwordPage(browser: TestBrowser, changes = {}): Promise<ShownPage> {
  const first = await browser.open(world.authorizeUrl({ prompt: "login", ...changes }));
  return browser.follow(first, "Use a password instead");
}

const userOf = (email: string) =>
  world.services.store.users.findByAccount(world.app.id, { type: "email", subject: email });

test("signing up with a password proves the address by a mailed code first (ASVS 6.4.1)", async () => {
  await open();
  const browser = world.browser();
  const first = await browser.open(world.authorizeUrl({ screen_hint: "sign-up" }));
  const page = await browser.follow(first, "Choose a password");
  expect(page.text).toContain("Create your Test app account");
  expect(page.html).toMatch(/name="password" type="password" autocomplete="new-password"/);
  const code = await browser.submit(page, { email: EMAIL, password: PASSWORD });
  expect(await userOf(EMAIL)).toBeNull();
  const done = await browser.submit(code, { code: await world.codeFor(EMAIL) });
  expect(sentTo(done).searchParams.has("code")).toBe(true);
  const kept = await world.services.store.passwords.find((await userOf(EMAIL))?.id ?? "");
  expect(kept?.hash).toMatch(/^\$argon2id\$/);
});

test("the password signs in from then on, without a mail", async () => {
  await open();
  await signUp(world.browser());
  await world.services.outbox.drain();
  const mailed = world.mails.length;
  const browser = world.browser();
  const page = await passwordPage(browser);
  expect(page.html).toMatch(/name="password" type="password" autocomplete="current-password"/);
  const done = await browser.submit(page, { email: EMAIL, password: PASSWORD });
  expect(done.status).toBe(303);
  const sid = await world.beginSession(sentTo(done).searchParams.get("code") ?? "");
  const { session } = await world.services.store.sessions.read(sid);
  expect(session?.authMethod).toBe("password");
  expect(world.mails).toHaveLength(mailed);
});

test("a wrong password and an unknown address get one answer (ASVS 6.3.8)", async () => {
  await open();
  await signUp(world.browser());
  const browser = world.browser();
  const page = await passwordPage(browser);
  const wrong = await browser.submit(page, { email: EMAIL, password: `${PASSWORD}!` });
  const nobody = await browser.submit(page, { email: "bob@example.com", password: PASSWORD });
  for (const answer of [wrong, nobody]) {
    expect([answer.status, answer.text]).toEqual([
      422,
      expect.stringContaining("do not belong together"),
    ]);
    expect(answer.html).toMatch(/name="password"[^>]* autofocus aria-describedby="password-error"/);
    expect(answer.html).not.toContain(PASSWORD);
  }
  expect(wrong.text.replaceAll(EMAIL, "")).toBe(nobody.text.replaceAll("bob@example.com", ""));
  expect(browser.cookies.has(SIGN_IN)).toBe(false);
});

test("guessing ends after twenty, for that address alone, and its mailed codes go on working (ASVS 6.3.1)", async () => {
  await open();
  await signUp(world.browser());
  const browser = world.browser();
  const page = await passwordPage(browser);
  for (let count = 0; count < 20; count++) {
    expect((await browser.submit(page, { email: EMAIL, password: `guess ${count}` })).status).toBe(
      422,
    );
  }
  const refused = await browser.submit(page, { email: EMAIL, password: PASSWORD });
  expect(refused.status).toBe(429);
  expect(refused.headers.get("retry-after")).toMatch(/^3[56][0-9]{2}$/);
  expect(refused.text).toContain("You can try again in 60 minutes.");
  const other = await browser.submit(page, { email: "bob@example.com", password: "guess" });
  expect(other.status).toBe(422);
  const byCode = await browser.follow(page, "Mail me a code instead");
  const code = await browser.submit(byCode, { email: EMAIL });
  expect((await browser.submit(code, { code: await world.codeFor(EMAIL) })).status).toBe(303);
});

test.each([
  ["short", "too short"],
  ["password123", "attackers try"],
  ["test-app-2024", "app's name or your address"],
  ["aaaaaaaaaaaa", "easy to guess"],
])(
  "%s is refused beside the field, before any mail (ASVS 6.2.1, 6.2.4)",
  async (password, words) => {
    await open();
    const browser = world.browser();
    const first = await browser.open(world.authorizeUrl({ screen_hint: "sign-up" }));
    const page = await choose(browser, await browser.follow(first, "Choose a password"), password);
    expect([page.status, page.text]).toEqual([422, expect.stringContaining(words)]);
    expect(page.html).not.toContain(`value="${password}"`);
    expect(world.mails).toHaveLength(0);
  },
);

test("a forgotten password is replaced by way of the mailbox: old sessions end and the owner is told (ASVS 6.3.7, 7.4.3)", async () => {
  await open();
  const old = world.browser();
  const first = await signUp(old);
  const sid = await world.beginSession(sentTo(first).searchParams.get("code") ?? "");
  const browser = world.browser();
  const reset = await browser.follow(await passwordPage(browser), "Forgot your password?");
  expect(reset.text).toContain("Choose a new password");
  const done = await choose(browser, reset, "neun rote Bäume");
  expect(done.status).toBe(303);
  const { session } = await world.services.store.sessions.read(sid);
  expect(session?.endedAt).not.toBeNull();
  const again = await old.request(world.authorizeUrl({ prompt: "none" }));
  expect(sentTo(again).searchParams.get("error")).toBe("login_required");
  await world.services.outbox.drain();
  expect(world.mails.at(-1)).toMatchObject({ to: EMAIL, code: null });
  const page = await passwordPage(world.browser());
  const attempt = async (password: string) => {
    const other = world.browser();
    return (await other.submit(await passwordPage(other), { email: EMAIL, password })).status;
  };
  expect(page.status).toBe(200);
  expect([await attempt(PASSWORD), await attempt("neun rote Bäume")]).toEqual([422, 303]);
});

test("a password typed for somebody else's address is worth nothing without their mailbox", async () => {
  await open();
  await signUp(world.browser());
  const attacker = world.browser();
  const first = await attacker.open(world.authorizeUrl({ screen_hint: "sign-up" }));
  const page = await attacker.follow(first, "Choose a password");
  const code = await attacker.submit(page, { email: EMAIL, password: "mine from now on" });
  const real = await world.codeFor(EMAIL);
  await attacker.submit(code, { code: real === "111111" ? "222222" : "111111" });
  const other = world.browser();
  const tried = await other.submit(await passwordPage(other), {
    email: EMAIL,
    password: "mine from now on",
  });
  expect(tried.status).toBe(422);
  // The owner's own code, of another browser, does not put the attacker's password in force.
  await world.signIn(other, EMAIL, world.authorizeUrl({ prompt: "login" }));
  const still = world.browser();
  const page2 = await still.submit(await passwordPage(still), { email: EMAIL, password: PASSWORD });
  expect(page2.status).toBe(303);
});

test("a password for an address that nobody has proven opens nothing by itself (ASVS 6.2.1, 6.3.8)", async () => {
  await open();
  const { services, app } = world;
  const created = await services.store.profiles.create(app.id, {
    ids: { id: "c00000000000000000000000a", serverId: "user_a" },
    email: EMAIL,
    verified: false,
    profile: {},
    passwordHash: (await services.passwordHasher?.hash(PASSWORD)) ?? "",
  });
  expect(created.kind).toBe("created");
  const browser = world.browser();
  const page = await browser.submit(await passwordPage(browser), {
    email: EMAIL,
    password: PASSWORD,
  });
  // A code is mailed instead, and only who reads it gets on, with the password in force.
  expect([page.status, page.text]).toEqual([200, expect.stringContaining("Check your mail")]);
  const wrong = await browser.submit(page, { code: "000000" });
  expect(wrong.status).toBe(422);
  const done = await browser.submit(page, { code: await world.codeFor(EMAIL) });
  expect(sentTo(done).searchParams.has("code")).toBe(true);
  const again = world.browser();
  const signedIn = await again.submit(await passwordPage(again), {
    email: EMAIL,
    password: PASSWORD,
  });
  expect(sentTo(signedIn).searchParams.has("code")).toBe(true);
});

test("a password sign-in serves its own app alone: another app's operators could have set it", async () => {
  await open();
  const other = await world.otherApp({ passwordAuth: true });
  await signUp(world.browser());
  const browser = world.browser();
  await browser.submit(await passwordPage(browser), { email: EMAIL, password: PASSWORD });
  const own = await browser.request(world.authorizeUrl({ prompt: "none" }));
  expect(sentTo(own).searchParams.has("code")).toBe(true);
  const there = await browser.request(
    world.authorizeUrl({ prompt: "none", client_id: other.clientId, redirect_uri: OTHER_CALLBACK }),
  );
  expect(sentTo(there).searchParams.get("error")).toBe("login_required");
});

test("a test account's fixed code puts no password in force", async () => {
  await open();
  const { services, app } = world;
  const { email, code } = await enableTestAccount(services.store.apps, services.master, app.id);
  const browser = world.browser();
  const first = await browser.open(world.authorizeUrl({ screen_hint: "sign-up" }));
  const page = await browser.follow(first, "Choose a password");
  const next = await browser.submit(page, { email, password: PASSWORD });
  expect((await browser.submit(next, { code })).status).toBe(303);
  expect(await services.store.passwords.find((await userOf(email))?.id ?? "")).toBeNull();
});

test("an app with passwords alone never signs in by a code alone", async () => {
  await open({ emailAuth: false });
  const browser = world.browser();
  const first = await browser.open(world.authorizeUrl());
  expect(first.html).toContain('autocomplete="current-password"');
  expect(first.text).not.toContain("Mail me a code");
  expect((await browser.request(first.url.replace("?", "?step=email&"))).html).toContain(
    "current-password",
  );
  const request = new URL(first.url).searchParams.get("request") ?? "";
  const sneaky = await browser.request("/login", {
    method: "POST",
    headers: { "content-type": "application/x-www-form-urlencoded" },
    body: new URLSearchParams({ request, email: EMAIL }).toString(),
  });
  expect([sneaky.status, sneaky.text]).toEqual([
    403,
    expect.stringContaining("disallowed_login_method"),
  ]);
  const up = await browser.follow(first, "Create an account");
  const done = await choose(browser, up);
  const sid = await world.beginSession(sentTo(done).searchParams.get("code") ?? "");
  expect((await world.services.store.sessions.read(sid)).session?.authMethod).toBe("password");
  const silent = await browser.request(world.authorizeUrl({ prompt: "none" }));
  expect(sentTo(silent).searchParams.has("code")).toBe(true);
});

test("an app without passwords, and a runtime without argon2, offer none", async () => {
  world = await openLoginWorld();
  const page = await world.browser().open(world.authorizeUrl());
  expect(page.text).not.toContain("password");
  for (const kind of ["password", "new-password"]) {
    const browser = world.browser();
    const first = await browser.open(world.authorizeUrl());
    const asked = await browser.request(`${first.url}&with=${kind}`);
    expect([asked.status, asked.text]).toEqual([
      403,
      expect.stringContaining("disallowed_login_method"),
    ]);
  }
  await world.close();
  await open();
  const fetch = createApp({ ...world.services, passwordHasher: null });
  expect((await openBrowser(fetch).open(world.authorizeUrl())).text).not.toContain("password");
});
