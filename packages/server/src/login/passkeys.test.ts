import type { AuthenticatedUser } from "@latchkey/core/protocol/browser";
import type {
  PasskeyAssertion,
  PasskeyCreationOptions,
  PasskeyInitAnswer,
  PasskeyRequestOptions,
} from "@latchkey/core/protocol/passkeys";
import { afterEach, expect, test } from "vitest";
import { openAppServer } from "../http/testing/app-server.ts";
import { bearer, openPage } from "../http/testing/test-page.ts";
import { verifyDomain } from "../http/testing/verified-domain.ts";
import { beginPasskeyLink } from "../passkeys/ceremonies.ts";
import {
  finishPasskeyLink,
  listPasskeys,
  removePasskey,
  renamePasskey,
} from "../passkeys/manage-passkeys.ts";
import type { Behaviour } from "../passkeys/testing/software-authenticator.ts";
import { openAuthenticator } from "../passkeys/testing/software-authenticator.ts";
import { hostedPage } from "./passkey-page.ts";
import { type LoginWorld, openLoginWorld, sentTo } from "./testing/login-world.ts";
import { HOST, type ShownPage, type TestBrowser } from "./testing/test-browser.ts";

const EMAIL = "ada@example.com";
/** PKCE of RFC 7636 appendix B, as the world's addresses have it. */
const VERIFIER = "dBjftJeZ4CVP-mBgE2_s-4rYyWxfKK_2ZyTdRkJ8ZGo";
/** As if nobody were signed in here. */
const FRESH = { prompt: "login" };

let world: LoginWorld;
const device = openAuthenticator(HOST);
afterEach(() => world.close());

async function open(app: object = {}): Promise<TestBrowser> {
  world = await openLoginWorld({ app: { passkeyAuth: true, ...app } });
  return world.browser();
}

const requestIn = (page: ShownPage) => new URL(page.url).searchParams.get("request") ?? "";

async function optionsFor(browser: TestBrowser, page: ShownPage, headers: object = {}) {
  return browser.request("/login/passkeys/options", {
    method: "POST",
    body: new URLSearchParams({ request: requestIn(page) }).toString(),
    headers: {
      accept: "*/*",
      "content-type": "application/x-www-form-urlencoded",
      "sec-fetch-site": "same-origin",
      ...headers,
    },
  });
}

async function answer(browser: TestBrowser, page: ShownPage, behaviour?: Behaviour) {
  const options = JSON.parse((await optionsFor(browser, page)).html) as PasskeyRequestOptions;
  return device.get(options, behaviour);
}

const post = (browser: TestBrowser, page: ShownPage, passkey: PasskeyAssertion) =>
  browser.submit(page, { passkey: JSON.stringify(passkey) });

/** A user with an address and a passkey for the hosted pages, as the account page adds one. */
async function userWithPasskey() {
  const { services } = world;
  const app = await services.directory.find(world.app.id);
  await world.signIn(world.browser(), EMAIL);
  const account = { type: "email", subject: EMAIL };
  const user = await services.store.users.findByAccount(world.app.id, account);
  if (!app || !user) throw new TypeError("No user.");
  const page = await hostedPage(services, app, "cookie");
  const made = device.create(await beginPasskeyLink(services, page, user));
  const asking = { user, sid: null, userAgent: "Mozilla/5.0 (iPhone) Safari/1" };
  const result = await finishPasskeyLink(services, page, asking, made);
  if (result.kind !== "linked") throw new TypeError(result.kind);
  return { app, user: result.user };
}

test("a passkey signs in without a name typed, as Passkey in the app-server protocol", async () => {
  const browser = await open();
  const { user } = await userWithPasskey();
  const page = await browser.open(world.authorizeUrl());
  expect(page.html).toContain('autocomplete="username webauthn"');
  const back = sentTo(await post(browser, page, await answer(browser, page)));
  expect(back.origin + back.pathname).toBe("https://app.example.com/callback");
  const backend = openAppServer(world);
  const exchanged = await backend.authenticate({
    grant_type: "authorization_code",
    code: back.searchParams.get("code"),
    code_verifier: VERIFIER,
  });
  expect(exchanged.as()).toMatchObject({
    authentication_method: "Passkey",
    user: { id: user.serverId, email: EMAIL },
  });
  const listed = await backend.call(`/user_management/users/${user.serverId}/sessions`);
  expect(listed.as<{ data: object[] }>().data).toContainEqual(
    expect.objectContaining({ auth_method: "passkey" }),
  );
  // Signed in here from now on, without being asked.
  expect(sentTo(await browser.open(world.authorizeUrl())).searchParams.has("code")).toBe(true);
});

test("the page's one script runs under a nonce, and only where passkeys are on (ASVS 3.4.3)", async () => {
  const browser = await open();
  const page = await browser.open(world.authorizeUrl());
  const policy = page.headers.get("content-security-policy") ?? "";
  const [, nonce] = /script-src 'nonce-([A-Za-z0-9_-]{22})'; connect-src 'self'/.exec(policy) ?? [];
  expect(page.html).toContain(`<script nonce="${nonce}" src="/login/passkeys.js"></script>`);
  const script = await browser.request("/login/passkeys.js");
  expect(script.headers.get("content-type")).toBe("text/javascript; charset=utf-8");
  expect(() => new Function(script.html)).not.toThrow();
  const signUp = await browser.open(world.authorizeUrl({ screen_hint: "sign-up" }));
  expect(signUp.html).not.toMatch(/<script|data-passkey|webauthn/);
  await world.close();
  const plain = await open({ passkeyAuth: false });
  const without = await plain.open(world.authorizeUrl());
  expect(without.html).not.toMatch(/<script|data-passkey|webauthn/);
  expect(without.headers.get("content-security-policy")).not.toMatch(/script-src|connect-src/);
});

test("a wrong answer brings the page back, and the other ways still work", async () => {
  const browser = await open();
  await userWithPasskey();
  const page = await browser.open(world.authorizeUrl());
  const wrong = await answer(browser, page, { origin: "https://evil.example" });
  const shown = await post(browser, page, wrong);
  expect([shown.location, shown.text]).toEqual([null, expect.stringContaining("another page")]);
  const noJson = await browser.submit(shown, { passkey: "{" });
  expect(noJson.text).toContain("could not be read");
  const code = await browser.submit(noJson, { email: EMAIL });
  expect(sentTo(await browser.submit(code, { code: await world.codeFor(EMAIL) }))).toBeTruthy();
});

test("an answer is good in the browser that asked, once; the same form again is answered again", async () => {
  const browser = await open();
  await userWithPasskey();
  const page = await browser.open(world.authorizeUrl());
  const passkey = await answer(browser, page);
  const other = world.browser();
  const theirs = await other.open(world.authorizeUrl());
  expect((await post(other, theirs, passkey)).text).toContain("That took too long");
  const mine = await answer(browser, page);
  const first = sentTo(await post(browser, page, mine));
  const second = sentTo(await post(browser, page, mine));
  expect([first, second].map(({ searchParams }) => searchParams.has("code"))).toEqual([true, true]);
  const third = await browser.open(world.authorizeUrl(FRESH));
  expect((await post(browser, third, mine)).text).toContain("That took too long");
});

test("options are given out to the page's own script only (ASVS 3.5.1)", async () => {
  const browser = await open();
  const page = await browser.open(world.authorizeUrl());
  const cross = await optionsFor(browser, page, { "sec-fetch-site": "cross-site" });
  expect([cross.status, JSON.parse(cross.html).code]).toEqual([403, "cross_site_form"]);
  const stranger = await optionsFor(world.browser(), page);
  expect([stranger.status, JSON.parse(stranger.html).code]).toEqual([400, "cookies_blocked"]);
});

test("a removed passkey is refused with words, and whoever came by it is signed out here", async () => {
  const browser = await open();
  const { app, user } = await userWithPasskey();
  const page = await browser.open(world.authorizeUrl());
  await post(browser, page, await answer(browser, page));
  const [passkey] = await listPasskeys(world.services, app, user);
  const id = passkey?.credentialId ?? "";
  expect(passkey).toMatchObject({ rpId: "sessions.example.com", name: "Passkey (iPhone)" });
  expect(await renamePasskey(world.services, app, user, id, "  My\n phone ")).toBe(true);
  expect((await listPasskeys(world.services, app, user))[0]?.name).toBe("My phone");
  const removed = await removePasskey(world.services, app, { user, sid: null }, id);
  expect(removed.kind).toBe("unlinked");
  const asked = await browser.open(world.authorizeUrl());
  const refused = await post(browser, asked, await answer(browser, asked));
  expect(refused.text).toContain("Nobody here has this passkey any more");
});

test("where the deployment is on the app's own domain, one passkey does for pages and hosted pages", async () => {
  const browser = await open();
  await verifyDomain(world, world.app.id);
  const app = openPage(world);
  const onPage = openAuthenticator("https://app.example.com");
  const { token } = await app.signIn(EMAIL);
  const init = await app.post("/passkeys/link/init", {}, bearer(token));
  const { options } = init.as<PasskeyInitAnswer<PasskeyCreationOptions>>();
  expect(options.rp.id).toBe("example.com");
  const body = { authenticator_response: onPage.create(options) };
  expect((await app.post("/passkeys/link", body, bearer(token))).status).toBe(200);
  const page = await browser.open(world.authorizeUrl());
  const request = JSON.parse((await optionsFor(browser, page)).html) as PasskeyRequestOptions;
  const used = onPage.get(request, { origin: HOST });
  expect(sentTo(await post(browser, page, used)).searchParams.has("code")).toBe(true);
  const { user } = await app.signIn(EMAIL);
  expect((user as AuthenticatedUser["user"]).linked_accounts).toHaveLength(2);
});
