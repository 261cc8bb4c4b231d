import { afterEach, beforeEach, expect, test } from "vitest";
import {
  type LoginWorld,
  OTHER_CALLBACK,
  openLoginWorld,
  SIGNED_OUT,
  sentTo,
} from "../../login/testing/login-world.ts";
import type { TestBrowser } from "../../login/testing/test-browser.ts";

const EMAIL = "ada@example.com";
const SIGN_IN = "__Host-latchkey-sign-in";

let world: LoginWorld;
beforeEach(async () => {
  world = await openLoginWorld();
});
afterEach(() => world.close());

async function signIn(browser: TestBrowser, email = EMAIL): Promise<string> {
  const url = await world.signIn(browser, email, world.authorizeUrl({ prompt: "login" }));
  return world.beginSession(url.searchParams.get("code") ?? "");
}

const logoutUrl = (query: Record<string, string>) =>
  `/user_management/sessions/logout?${new URLSearchParams(query)}`;

const isOver = async (sid: string) =>
  (await world.services.store.sessions.read(sid)).session?.endReason ?? null;

const asksAgain = async (browser: TestBrowser) =>
  sentTo(await browser.request(world.authorizeUrl({ prompt: "none" }))).searchParams.get("error");

test("signing out ends the session, the sign-in that it came from and our cookies, then goes on (ASVS 7.4.1)", async () => {
  const browser = world.browser();
  const session_id = await signIn(browser);
  const kept = new Map(browser.cookies);
  const page = await browser.request(logoutUrl({ session_id, return_to: SIGNED_OUT }));
  expect([page.status, page.location]).toEqual([302, SIGNED_OUT]);
  expect(await isOver(session_id)).toBe("logout");
  // What is left signs nobody in: it only says that this browser did so before.
  const left = [...browser.cookies.keys()].filter((name) => !name.includes("-device-"));
  expect(left).toEqual([]);
  for (const [name, value] of kept) browser.cookies.set(name, value);
  expect(await asksAgain(browser)).toBe("login_required");
});

test("without return_to it goes to the first address of the app's list", async () => {
  const browser = world.browser();
  const page = await browser.request(logoutUrl({ session_id: await signIn(browser) }));
  expect([page.status, page.location]).toEqual([302, SIGNED_OUT]);
});

test("an address that is not on the list is never gone to; the session ends all the same (RFC 9700 4.11)", async () => {
  const browser = world.browser();
  const session_id = await signIn(browser);
  const page = await browser.request(logoutUrl({ session_id, return_to: "https://evil.example/" }));
  expect([page.status, page.location]).toEqual([200, null]);
  expect(page.text).toContain("You are signed out");
  expect(page.text).toContain("return_to_not_registered");
  expect(await isOver(session_id)).toBe("logout");
});

test("a link without a session of somebody ends nothing: no other site can sign people out", async () => {
  const browser = world.browser();
  const session_id = await signIn(browser);
  for (const query of [{}, { session_id: "x" }, { session_id: "A".repeat(22) }]) {
    const page = await browser.request(logoutUrl({ ...query, return_to: SIGNED_OUT }));
    expect([page.status, page.location]).toEqual([200, null]);
    expect(page.headers.getSetCookie()).toEqual([]);
  }
  expect(await isOver(session_id)).toBeNull();
  expect(await asksAgain(browser)).toBeNull();
});

test("another person's session ends, and the sign-in of whoever follows the link stays", async () => {
  const [ada, bob] = [world.browser(), world.browser()];
  const session_id = await signIn(ada);
  await signIn(bob, "bob@example.com");
  await bob.request(logoutUrl({ session_id }));
  expect(await isOver(session_id)).toBe("logout");
  expect(bob.cookies.has(SIGN_IN)).toBe(true);
  expect(await asksAgain(bob)).toBeNull();
});

test("signing out of one app ends the sign-in that both of them used", async () => {
  const other = await world.otherApp();
  const browser = world.browser();
  const first = await signIn(browser);
  const page = await browser.request(
    world.authorizeUrl({ client_id: other.clientId, redirect_uri: OTHER_CALLBACK }),
  );
  const code = sentTo(page).searchParams.get("code") ?? "";
  const second = await world.beginSession(code, other.id);
  await browser.request(logoutUrl({ session_id: second }));
  expect(await isOver(second)).toBe("logout");
  expect(await asksAgain(browser)).toBe("login_required");
  // The other app's own session is that app's to end.
  expect(await isOver(first)).toBeNull();
});

test("following the link again does the same again", async () => {
  const browser = world.browser();
  const session_id = await signIn(browser);
  for (let count = 0; count < 2; count++) {
    const page = await browser.request(logoutUrl({ session_id, return_to: SIGNED_OUT }));
    expect(page.location).toBe(SIGNED_OUT);
  }
});

test("a session of the browser protocol is none of its business", async () => {
  const { openPage } = await import("../testing/test-page.ts");
  const { refresh_token } = await openPage(world).signIn(EMAIL);
  const [, , session_id = ""] = (refresh_token ?? "").split(".");
  expect(await isOver(session_id)).toBeNull();
  await world.browser().request(logoutUrl({ session_id }));
  expect(await isOver(session_id)).toBeNull();
});

test("looking at the link ahead of following it signs nobody out", async () => {
  const browser = world.browser();
  const session_id = await signIn(browser);
  const url = logoutUrl({ session_id, return_to: SIGNED_OUT });
  await browser.request(url, { method: "HEAD" });
  const page = await browser.request(url, { headers: { "sec-purpose": "prefetch;prerender" } });
  expect([page.status, page.location]).toEqual([503, null]);
  expect(await isOver(session_id)).toBeNull();
});
