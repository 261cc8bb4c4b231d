import { afterEach, expect, test } from "vitest";
import { enableTestAccount } from "../apps/test-accounts.ts";
import { CALLBACK, type LoginWorld, openLoginWorld, sentTo } from "./testing/login-world.ts";

const EMAIL = "ada@example.com";

let world: LoginWorld;
afterEach(() => world.close());
const open = async (...input: Parameters<typeof openLoginWorld>) => {
  world = await openLoginWorld(...input);
  return world;
};

/** As far as the page that asks for the code. */
async function askForCode(email = EMAIL, changes = {}) {
  const browser = world.browser();
  const first = await browser.open(world.authorizeUrl(changes));
  const page = await browser.submit(first, { email });
  return { browser, page };
}

test("an e-mailed code takes the browser back to the app with a code of its own and its state (RFC 6749 4.1.2)", async () => {
  const { authorizeUrl, browser, codeFor, mails } = await open();
  const ada = browser();
  const first = await ada.open(authorizeUrl());
  expect([first.status, new URL(first.url).pathname]).toEqual([200, "/login"]);
  expect(first.text).toContain("Sign in to Test app");
  const second = await ada.submit(first, { email: " Ada@Example.com " });
  expect(second.text).toContain(EMAIL);
  expect(mails).toHaveLength(1);
  const done = await ada.submit(second, { code: await codeFor(EMAIL) });
  expect(done.status).toBe(303);
  const url = sentTo(done);
  expect(url.href.startsWith(`${CALLBACK}?`)).toBe(true);
  expect([...url.searchParams.keys()]).toEqual(["code", "state"]);
  expect(url.searchParams.get("state")).toBe("state-1");
});

test("the code that the app gets begins a session of the address's user", async () => {
  const { browser, signIn, services, app, beginSession } = await open();
  const code = (await signIn(browser(), EMAIL)).searchParams.get("code") ?? "";
  const { session } = await services.store.sessions.read(await beginSession(code));
  expect([session?.protocol, session?.authMethod]).toEqual(["app_server", "email"]);
  const user = await services.store.users.find(app.id, session?.userId ?? "");
  expect(user?.accounts).toMatchObject([{ type: "email", subject: EMAIL }]);
});

test("signing up is the same with its own words, and each page leads to the other", async () => {
  await open();
  const browser = world.browser();
  const up = await browser.open(world.authorizeUrl({ screen_hint: "sign-up" }));
  expect(up.text).toContain("Create your Test app account");
  const back = await browser.follow(up, "I have an account already");
  expect(back.text).toContain("Sign in to Test app");
  const again = await browser.follow(back, "Create an account");
  const code = await browser.submit(again, { email: EMAIL });
  expect(code.html).toContain("Create account</button>");
  const done = await browser.submit(code, { code: await world.codeFor(EMAIL) });
  expect(sentTo(done).origin).toBe("https://app.example.com");
});

test("a login hint fills in the address and sends no mail by itself", async () => {
  await open();
  const page = await world.browser().open(world.authorizeUrl({ login_hint: EMAIL }));
  expect(page.html).toContain(`value="${EMAIL}"`);
  expect(world.mails).toHaveLength(0);
});

test("what is no address is said beside the field, and nothing is mailed (WCAG 2.2 3.3.1)", async () => {
  await open({ app: { disablePlusEmails: true } });
  const browser = world.browser();
  const first = await browser.open(world.authorizeUrl());
  for (const [email, words] of [
    ["", "Type your e-mail address."],
    ["ada@", "That is not an e-mail address."],
    ["ada+1@example.com", "no addresses with a plus sign"],
  ] as const) {
    const page = await browser.submit(first, { email });
    expect([page.status, page.text]).toEqual([422, expect.stringContaining(words)]);
    expect(page.html).toMatch(
      /<input id="email"[^>]* autofocus[^>]* aria-describedby="email-error"[^>]* aria-invalid="true"/,
    );
    expect(page.html).toMatch(/<p class="error" id="email-error" role="alert">/);
    expect(page.html).toContain(`value="${email}"`);
  }
  expect(world.mails).toHaveLength(0);
});

test("a wrong code is said beside the field, and the right one still works", async () => {
  await open();
  const { browser, page } = await askForCode();
  const code = await world.codeFor(EMAIL);
  const wrong = await browser.submit(page, { code: code === "111111" ? "222222" : "111111" });
  expect([wrong.status, wrong.text]).toEqual([422, expect.stringContaining("That code is wrong")]);
  expect(wrong.html).toMatch(/aria-describedby="code-error"/);
  const done = await browser.submit(wrong, { code: `${code.slice(0, 3)} ${code.slice(3)} ` });
  expect(sentTo(done).searchParams.has("code")).toBe(true);
});

test("what is no code counts as no guess", async () => {
  await open();
  const { browser, page } = await askForCode();
  for (let count = 0; count < 6; count++) {
    expect((await browser.submit(page, { code: "12345" })).text).toContain("six digits");
  }
  const done = await browser.submit(page, { code: await world.codeFor(EMAIL) });
  expect(done.status).toBe(303);
});

test("five wrong guesses use a code up (ASVS 6.6.3)", async () => {
  await open();
  const { browser, page } = await askForCode();
  const code = await world.codeFor(EMAIL);
  const wrong = code === "111111" ? "222222" : "111111";
  for (let count = 0; count < 5; count++) await browser.submit(page, { code: wrong });
  expect((await browser.submit(page, { code })).status).toBe(422);
});

test("a new code can be asked for, and both that were mailed work", async () => {
  await open();
  const { browser, page } = await askForCode();
  const first = await world.codeFor(EMAIL);
  const again = await browser.submit(page, { action: "resend" });
  expect(again.text).toContain("A new code is on its way.");
  expect(world.mails).toHaveLength(2);
  const done = await browser.submit(again, { code: first });
  expect(done.status).toBe(303);
});

test("the address can be changed: the code of the one before is worth nothing for the new one", async () => {
  await open();
  const { browser, page } = await askForCode();
  const first = await world.codeFor(EMAIL);
  const change = await browser.follow(page, "Use another address");
  expect(change.html).toContain(`value="${EMAIL}"`);
  const next = await browser.submit(change, { email: "bob@example.com" });
  expect((await browser.submit(next, { code: first })).status).toBe(422);
  const done = await browser.submit(next, { code: await world.codeFor("bob@example.com") });
  expect(done.status).toBe(303);
});

test("too many codes for one address: 429 with the wait, and a way to the codes that arrived (ASVS 6.3.1)", async () => {
  await open();
  const { browser, page } = await askForCode();
  for (let count = 0; count < 4; count++) await browser.submit(page, { action: "resend" });
  const refused = await browser.submit(page, { action: "resend" });
  expect([refused.status, refused.headers.get("retry-after")]).toEqual([429, "600"]);
  expect(refused.text).toContain("You can try again in 10 minutes.");
  expect(refused.text).toContain("too_many_requests");
  expect(world.mails).toHaveLength(5);
  const code = await browser.follow(refused, "Type a code that has arrived");
  expect((await browser.submit(code, { code: await world.codeFor(EMAIL) })).status).toBe(303);
});

test("a network that asks too often gets a page that says so", async () => {
  await open({ settings: { limitByIp: true } });
  const browser = world.browser({ ip: "203.0.113.9" });
  const first = await browser.open(world.authorizeUrl());
  let last = first;
  for (let count = 0; count < 61; count++) {
    last = await browser.submit(first, { email: `ada${count}@example.com` });
  }
  expect([last.status, last.text]).toEqual([429, expect.stringContaining("That was too often")]);
});

test("the same form sent twice, by a double click, signs in once and is answered twice (R6)", async () => {
  await open();
  const { browser, page } = await askForCode();
  const code = await world.codeFor(EMAIL);
  const once = await browser.submit(page, { code });
  const twice = await browser.submit(page, { code });
  expect([once.status, twice.status]).toEqual([303, 303]);
  expect(sentTo(twice).searchParams.get("state")).toBe("state-1");
});

test("the form replayed a minute later, or with other words, signs nobody in (ASVS 6.5.1)", async () => {
  let clock = Date.now();
  await open({ now: () => clock });
  const { browser, page } = await askForCode();
  const code = await world.codeFor(EMAIL);
  const thief = world.browser();
  for (const [name, value] of browser.cookies) thief.cookies.set(name, value);
  expect((await browser.submit(page, { code })).status).toBe(303);
  const elsewhere = await browser.open(world.authorizeUrl({ prompt: "login", state: "2" }));
  const fresh = await browser.submit(elsewhere, { email: EMAIL });
  expect((await browser.submit(fresh, { code })).status).toBe(422);
  clock += 60_001;
  expect((await browser.submit(page, { code })).status).toBe(422);
  expect((await thief.submit(page, { code })).status).toBe(422);
});

test("a test account signs in with its fixed code, without mail, and is remembered for no other app", async () => {
  await open();
  const { services, app } = world;
  const { email, code } = await enableTestAccount(services.store.apps, services.master, app.id);
  const { browser, page } = await askForCode(email);
  expect(world.mails).toHaveLength(0);
  expect((await browser.submit(page, { code })).status).toBe(303);
  expect([...browser.cookies.keys()]).toEqual(["__Host-latchkey-login"]);
});

test("terms and privacy policy are linked where the app has them", async () => {
  await open({ app: { termsUrl: "https://app.example.com/terms" } });
  const page = await world.browser().open(world.authorizeUrl());
  expect(page.text).toContain("By continuing you agree to the terms .");
  expect(page.html).toContain('href="https://app.example.com/terms"');
});
