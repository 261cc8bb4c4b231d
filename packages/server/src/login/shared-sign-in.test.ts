import { afterEach, expect, test } from "vitest";
import { type LoginWorld, OTHER_CALLBACK, openLoginWorld, sentTo } from "./testing/login-world.ts";
import type { TestBrowser } from "./testing/test-browser.ts";

const EMAIL = "ada@example.com";

let world: LoginWorld;
afterEach(() => world.close());
const open = async (...input: Parameters<typeof openLoginWorld>) => {
  world = await openLoginWorld(...input);
  return world;
};

/** What the app is told when nobody may be asked. */
async function silently(browser: TestBrowser, changes = {}) {
  const page = await browser.request(world.authorizeUrl({ prompt: "none", ...changes }));
  const url = sentTo(page);
  return url.searchParams.get("error") ?? (url.searchParams.has("code") ? "signed_in" : "nothing");
}

test("who is signed in is sent back to the same app without being asked", async () => {
  await open();
  const browser = world.browser();
  expect(await silently(browser)).toBe("login_required");
  await world.signIn(browser, EMAIL);
  const page = await browser.request(world.authorizeUrl({ state: "2" }));
  expect([page.status, sentTo(page).searchParams.get("state")]).toEqual([302, "2"]);
  expect(sentTo(page).searchParams.has("code")).toBe(true);
  expect(await silently(world.browser())).toBe("login_required");
});

test("one sign-in serves another app that shares sign-ins, as that app's own user", async () => {
  await open();
  const other = await world.otherApp();
  const browser = world.browser();
  await world.signIn(browser, EMAIL);
  const page = await browser.request(
    world.authorizeUrl({ client_id: other.clientId, redirect_uri: OTHER_CALLBACK }),
  );
  const url = sentTo(page);
  expect(`${url.origin}${url.pathname}`).toBe(OTHER_CALLBACK);
  const { users, sessions } = world.services.store;
  const sid = await world.beginSession(url.searchParams.get("code") ?? "", other.id);
  const { session } = await sessions.read(sid);
  const user = await users.findByAccount(other.id, { type: "email", subject: EMAIL });
  expect([session?.appId, session?.userId]).toEqual([other.id, user?.id]);
  expect(await users.findByAccount(world.app.id, { type: "email", subject: EMAIL })).not.toEqual(
    user,
  );
});

test("an app that does not share asks, and development apps share unless they say otherwise", async () => {
  await open();
  const closed = await world.otherApp({ sharedSignIn: false });
  const unsaid = await world.otherApp({ sharedSignIn: null });
  const browser = world.browser();
  await world.signIn(browser, EMAIL);
  for (const { clientId } of [closed, unsaid]) {
    const there = { client_id: clientId, redirect_uri: OTHER_CALLBACK };
    expect(await silently(browser, there)).toBe("login_required");
    const page = await browser.open(world.authorizeUrl(there));
    expect(page.text).toContain("Sign in to Other app");
  }
});

test.each([
  ["prompt=login", { prompt: "login" }],
  ["prompt=select_account", { prompt: "select_account" }],
  ["another address in login_hint", { login_hint: "bob@example.com" }],
])("%s asks again", async (_name, changes) => {
  await open();
  const browser = world.browser();
  await world.signIn(browser, EMAIL);
  const page = await browser.open(world.authorizeUrl(changes));
  expect(page.text).toContain("Sign in to Test app");
});

test("max_age asks again once the proof is older, and the new proof counts from now (OpenID Connect 3.1.2.1)", async () => {
  let clock = Date.now();
  await open({ now: () => clock });
  const browser = world.browser();
  await world.signIn(browser, EMAIL);
  clock += 60_000;
  expect(await silently(browser, { max_age: "60" })).toBe("signed_in");
  expect(await silently(browser, { max_age: "59" })).toBe("login_required");
  expect(await silently(browser, { max_age: "0" })).toBe("login_required");
  const before = (await world.services.store.now()) - 60_000;
  const old = await browser.request(world.authorizeUrl());
  const kept = await world.beginSession(sentTo(old).searchParams.get("code") ?? "");
  const { store } = world.services;
  expect((await store.sessions.read(kept)).session?.authenticatedAt).toBe(before);
  const url = await world.signIn(browser, EMAIL, world.authorizeUrl({ max_age: "10" }));
  const fresh = await world.beginSession(url.searchParams.get("code") ?? "");
  expect((await store.sessions.read(fresh)).session?.authenticatedAt).toBe(before + 60_000);
});

test("a sign-in lasts thirty days at most", async () => {
  let clock = Date.now();
  await open({ now: () => clock });
  const browser = world.browser();
  await world.signIn(browser, EMAIL);
  clock += 30 * 86_400_000 - 1;
  expect(await silently(browser)).toBe("signed_in");
  clock += 1;
  expect(await silently(browser)).toBe("login_required");
});

test("every sign-in has a new cookie, and the one before is worth nothing (ASVS 7.2.4)", async () => {
  await open();
  const browser = world.browser();
  await world.signIn(browser, EMAIL);
  const before = world.browser();
  for (const [name, value] of browser.cookies) before.cookies.set(name, value);
  expect(await silently(before)).toBe("signed_in");
  await world.signIn(browser, EMAIL, world.authorizeUrl({ prompt: "login" }));
  expect(await silently(browser)).toBe("signed_in");
  expect(await silently(before)).toBe("login_required");
});

test("the cookie is for this host, and the database knows only its keyed hash (ASVS 3.3.1 to 3.3.4, 7.2.2)", async () => {
  await open();
  const browser = world.browser();
  const first = await browser.open(world.authorizeUrl());
  const second = await browser.submit(first, { email: EMAIL });
  const done = await browser.submit(second, { code: await world.codeFor(EMAIL) });
  const ofSignIn = done.headers.getSetCookie().filter((line) => !line.includes("-device-"));
  expect(ofSignIn).toEqual([
    expect.stringMatching(
      /^__Host-latchkey-sign-in=[A-Za-z0-9_-]{43}; Path=\/; Max-Age=2592000; HttpOnly; SameSite=Lax; Secure$/,
    ),
  ]);
  const value = browser.cookies.get("__Host-latchkey-sign-in") ?? "";
  expect(await world.services.store.signIns.find(value)).toBeNull();
});

test("a disabled, deleted or barred user is not signed in silently", async () => {
  await open();
  const other = await world.otherApp();
  const there = { client_id: other.clientId, redirect_uri: OTHER_CALLBACK };
  const { users } = world.services.store;
  const browser = world.browser();
  await world.signIn(browser, EMAIL);
  expect(await silently(browser, there)).toBe("signed_in");
  const account = { type: "email", subject: EMAIL };
  const away = await users.findByAccount(other.id, account);
  await users.setDisabled(other.id, away?.id ?? "", true);
  expect(await silently(browser, there)).toBe("login_required");
  expect(await silently(browser)).toBe("signed_in");
  const home = await users.findByAccount(world.app.id, account);
  await users.setDisabled(world.app.id, home?.id ?? "", true);
  expect(await silently(browser)).toBe("login_required");
  await users.setDisabled(world.app.id, home?.id ?? "", false);
  await users.delete(world.app.id, home?.id ?? "");
  expect(await silently(browser)).toBe("login_required");
});

test("whose sessions were revoked in an app proves themselves again there, and there alone (ASVS 7.4.5)", async () => {
  let clock = Date.now();
  await open({ now: () => clock });
  const other = await world.otherApp();
  const there = { client_id: other.clientId, redirect_uri: OTHER_CALLBACK };
  const { store } = world.services;
  const browser = world.browser();
  await world.signIn(browser, EMAIL);
  const page = await browser.request(world.authorizeUrl(there));
  const sid = await world.beginSession(sentTo(page).searchParams.get("code") ?? "", other.id);
  const { session } = await store.sessions.read(sid);
  clock += 1000;
  expect(await store.sessions.endAllOfUser(session?.userId ?? "", "revoked")).toBe(1);
  expect(await silently(browser, there)).toBe("login_required");
  expect(await silently(browser)).toBe("signed_in");
  clock += 1000;
  await world.signIn(browser, EMAIL, world.authorizeUrl({ ...there, prompt: "login" }));
  expect(await silently(browser, there)).toBe("signed_in");
});

test("an app's allowlist holds for shared sign-ins too", async () => {
  await open();
  const other = await world.otherApp({ allowlistEnabled: true });
  const browser = world.browser();
  await world.signIn(browser, EMAIL);
  const there = { client_id: other.clientId, redirect_uri: OTHER_CALLBACK };
  expect(await silently(browser, there)).toBe("login_required");
});

test("a forged cookie is nobody", async () => {
  await open();
  const browser = world.browser();
  for (const value of ["A".repeat(43), "x", "", "A".repeat(5000)]) {
    browser.cookies.set("__Host-latchkey-sign-in", value);
    expect(await silently(browser)).toBe("login_required");
  }
});
