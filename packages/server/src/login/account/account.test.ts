import type { PasskeyCreationOptions } from "@latchkey/core/protocol/passkeys";
import { afterEach, describe, expect, test } from "vitest";
import { openAuthenticator } from "../../passkeys/testing/software-authenticator.ts";
import { openPerson } from "../../providers/testing/person.ts";
import { type LoginWorld, openLoginWorld, sentTo } from "../testing/login-world.ts";
import {
  openProviderLoginWorld,
  type ProviderLoginWorld,
} from "../testing/provider-login-world.ts";
import { HOST, type ShownPage, type TestBrowser } from "../testing/test-browser.ts";

const EMAIL = "ada@example.com";
const GOOD_PASSWORD = "seven brown envelopes";

let world: LoginWorld;
let clock: number;
afterEach(() => world.close());

async function open(app: object = {}): Promise<TestBrowser> {
  clock = Date.now();
  world = await openLoginWorld({
    app: { passkeyAuth: true, passwordAuth: true, ...app },
    now: () => clock,
  });
  return world.browser();
}

const address = () => `/login/account?client_id=${world.app.clientId}`;

/** Through a sign-in of just now to the account page. */
async function atAccount(browser: TestBrowser, email = EMAIL): Promise<ShownPage> {
  const asked = await browser.open(address());
  const code = await browser.submit(asked, { email });
  return browser.submit(code, { code: await world.codeFor(email) });
}

async function userOf(email = EMAIL) {
  const account = { type: "email", subject: email };
  const user = await world.services.store.users.findByAccount(world.app.id, account);
  if (!user) throw new TypeError(`Nobody has ${email}.`);
  return user;
}

/** A session of the user in the app, as another device has it. */
async function sessionElsewhere(email = EMAIL): Promise<string> {
  const back = await world.signIn(world.browser(), email);
  return world.beginSession(back.searchParams.get("code") ?? "");
}

const isOver = async (sid: string) =>
  (await world.services.store.sessions.read(sid)).session?.endedAt !== null;

const mailsTo = async (email: string) => {
  await world.services.outbox.drain();
  return world.mails.filter(({ to }) => to === email).map(({ subject }) => subject);
};

describe("the account page", () => {
  test("asks who one is, then shows ways in and sessions, kept by no cache", async () => {
    const browser = await open();
    await sessionElsewhere();
    const page = await atAccount(browser);
    expect(page.status).toBe(200);
    expect(page.text).toContain("How you sign in E-mail address ada@example.com");
    expect(page.text).toContain("Where you are signed in");
    expect(page.headers.get("cache-control")).toBe("private, no-store");
    expect(page.html).toContain("Sign out everywhere");
  });

  test("of a sign-in some time ago shows everything and changes nothing (ASVS 7.5.1)", async () => {
    const browser = await open();
    await world.signIn(browser, EMAIL);
    const sid = await sessionElsewhere();
    const page = await browser.open(address());
    expect(page.text).toContain("Confirm that it is you");
    expect(page.text).not.toContain("Sign out everywhere");
    const fields = { client_id: world.app.clientId, action: "end-all" };
    const refused = await browser.submit(page, fields);
    expect(refused.url).toContain("/login?request=");
    expect(await isOver(sid)).toBe(false);
  });

  test("changes nothing ten minutes after the sign-in", async () => {
    const browser = await open();
    const sid = await sessionElsewhere();
    const page = await atAccount(browser);
    clock += 600_001;
    await browser.submit(page, { action: "end-all" });
    expect(await isOver(sid)).toBe(false);
  });

  test("is of the browser that signed in, whoever has its address (ASVS 10.1.2)", async () => {
    const browser = await open();
    const page = await atAccount(browser);
    const stolen = await world.browser().open(page.url);
    expect(stolen.status).toBe(400);
    const other = world.browser();
    await world.signIn(other, "eve@example.com");
    expect((await other.open(page.url)).text).not.toContain(EMAIL);
  });

  test("takes no form of another site (ASVS 3.5.1)", async () => {
    const browser = await open();
    const sid = await sessionElsewhere();
    const page = await atAccount(browser);
    const as = new URL(page.url).searchParams.get("as") ?? "";
    const body = new URLSearchParams({ client_id: world.app.clientId, as, action: "end-all" });
    const answer = await browser.request("/login/account", {
      method: "POST",
      body: body.toString(),
      headers: {
        "content-type": "application/x-www-form-urlencoded",
        "sec-fetch-site": "cross-site",
      },
    });
    expect(answer.status).toBe(403);
    expect(await isOver(sid)).toBe(false);
  });

  test("opens for nobody once somebody threw the user out or disabled them", async () => {
    const browser = await open();
    await sessionElsewhere();
    const page = await atAccount(browser);
    clock += 1000;
    const { id } = await userOf();
    await world.services.store.sessions.endAllOfUser(id, "revoked");
    expect((await browser.open(page.url)).url).toContain("/login?request=");
    const again = await atAccount(browser);
    await world.services.store.users.setDisabled(world.app.id, id, true);
    expect((await browser.open(again.url)).text).toContain("This account is locked");
  });

  test.each([
    ["no app", "/login/account", 400],
    ["an unknown app", "/login/account?client_id=client_nobody", 404],
  ])("says what is wrong with %s", async (_, path, status) => {
    const browser = await open();
    expect((await browser.open(path)).status).toBe(status);
  });
});

describe("on the account page", () => {
  test("one session ends, and only one's own (ASVS 7.5.2)", async () => {
    const browser = await open();
    const [mine, kept, strange] = [
      await sessionElsewhere(),
      await sessionElsewhere(),
      await sessionElsewhere("bob@example.com"),
    ];
    const page = await atAccount(browser);
    const ended = await browser.submit(page, { session: mine });
    expect(ended.text).toContain("That session is signed out.");
    expect([await isOver(mine), await isOver(kept)]).toEqual([true, false]);
    const refused = await browser.submit(ended, { session: strange });
    expect(refused.status).toBe(400);
    expect(await isOver(strange)).toBe(false);
  });

  test("all sessions end, and the page goes on", async () => {
    const browser = await open();
    const sessions = [await sessionElsewhere(), await sessionElsewhere()];
    const done = await browser.submit(await atAccount(browser), { action: "end-all" });
    expect(done.text).toContain("signed out everywhere");
    for (const sid of sessions) expect(await isOver(sid)).toBe(true);
    const next = await browser.submit(done, { password: GOOD_PASSWORD });
    expect(next.text).toContain("Your password is set.");
  });

  test("a password is set by the usual rules, and the address is told", async () => {
    const browser = await open();
    const page = await atAccount(browser);
    const refused = await browser.submit(page, { password: "short" });
    expect([refused.status, refused.text]).toEqual([422, expect.stringContaining("too short")]);
    const set = await browser.submit(refused, { password: GOOD_PASSWORD });
    expect(set.text).toContain("Your password is set.");
    expect(await world.services.store.passwords.find((await userOf()).id)).not.toBeNull();
    expect(await mailsTo(EMAIL)).toContain("Your Test app password was set");
  });

  test("another address takes the place of the first by its code, which both are told", async () => {
    const browser = await open();
    const sid = await sessionElsewhere();
    const page = await atAccount(browser);
    const { id } = await userOf();
    expect((await browser.submit(page, { email: "no address" })).status).toBe(422);
    const asked = await browser.submit(page, { email: "new@example.com" });
    const wrong = await browser.submit(asked, { code: "000000" });
    expect(wrong.status).toBe(422);
    const done = await browser.submit(wrong, { code: await world.codeFor("new@example.com") });
    expect(done.text).toContain("took the place");
    expect((await userOf("new@example.com")).id).toBe(id);
    expect(await isOver(sid)).toBe(true);
    expect(await mailsTo(EMAIL)).toContain("Your Test app account no longer has this address");
  });

  test("nobody takes an address that another user has", async () => {
    const browser = await open();
    await sessionElsewhere("bob@example.com");
    const page = await atAccount(browser);
    const asked = await browser.submit(page, { email: "bob@example.com" });
    const refused = await browser.submit(asked, { code: await world.codeFor("bob@example.com") });
    expect([refused.status, refused.text]).toEqual([422, expect.stringContaining("Somebody else")]);
    expect((await userOf()).id).not.toBe((await userOf("bob@example.com")).id);
  });

  test("a passkey is added, renamed and removed, with a mail each way", async () => {
    const browser = await open();
    const device = openAuthenticator(HOST);
    const page = await atAccount(browser);
    const as = new URL(page.url).searchParams.get("as") ?? "";
    const body = new URLSearchParams({ client_id: world.app.clientId, as }).toString();
    const headers = {
      "content-type": "application/x-www-form-urlencoded",
      "sec-fetch-site": "same-origin",
    };
    const path = "/login/account/passkeys/options";
    const options = await browser.request(path, { method: "POST", body, headers });
    const made = device.create(JSON.parse(options.html) as PasskeyCreationOptions);
    const added = await browser.submit(page, { passkey: JSON.stringify(made) });
    expect(added.text).toContain("Your passkey is added.");
    const twice = await browser.submit(page, { passkey: JSON.stringify(made) });
    expect(twice.status).toBe(400);
    const renamed = await browser.submit(added, { name: "Kitchen key" });
    expect(renamed.text).toContain("Passkey Kitchen key");
    const removed = await browser.submit(renamed, {
      action: "remove-passkey",
      credential: made.id,
    });
    expect(removed.text).toContain("Delete it from your device");
    expect((await userOf()).accounts.map(({ type }) => type)).toEqual(["email"]);
    expect((await mailsTo(EMAIL)).filter((subject) => /passkey/i.test(subject))).toHaveLength(2);
  });

  test("the last way in stays", async () => {
    const browser = await open();
    const page = await atAccount(browser);
    const refused = await browser.submit(page, { type: "email", subject: EMAIL });
    expect([refused.status, refused.text]).toEqual([422, expect.stringContaining("only way in")]);
    expect((await browser.follow(refused, "Back to your account")).text).toContain(EMAIL);
  });

  test("signing out of the page forgets the sign-in of this browser", async () => {
    const browser = await open();
    await world.signIn(browser, EMAIL);
    const page = await browser.open(address());
    const out = await browser.submit(page, { action: "sign-out" });
    expect(out.text).toContain("You are signed out of this page");
    expect((await browser.open(address())).url).toContain("/login?request=");
  });
});

describe("a provider", () => {
  async function openWithProvider(): Promise<ProviderLoginWorld> {
    const providers = await openProviderLoginWorld();
    world = providers;
    return providers;
  }

  test("is added from the account page, told by mail, and removed", async () => {
    const providers = await openWithProvider();
    const browser = world.browser();
    const left = await browser.follow(await atAccount(browser, "bob@example.com"), "Add Acme");
    const page = await providers.goThrough(browser, left);
    expect(page.text).toContain("You can sign in this way from now on.");
    const { accounts } = await userOf("bob@example.com");
    expect(accounts).toHaveLength(2);
    const { type = "", subject = "" } = accounts.find((each) => each.type !== "email") ?? {};
    const removed = await browser.submit(page, { type, subject });
    expect(removed.text).toContain("It is removed.");
    expect((await mailsTo("bob@example.com")).filter((each) => !/code/.test(each))).toHaveLength(2);
  });

  test("declined there changes nothing, and says so", async () => {
    const providers = await openWithProvider();
    const browser = world.browser();
    const left = await browser.follow(await atAccount(browser), "Add Acme");
    const page = await providers.goThrough(browser, left, { declines: true });
    expect(page.text).toContain("nothing was done");
    expect((await userOf()).accounts).toHaveLength(1);
  });

  test("a failure that a link makes up is neither shown nor counted under its name", async () => {
    await openWithProvider();
    const browser = world.browser();
    const own = new URL((await atAccount(browser)).url);
    own.pathname = "/login/account/provider/return";
    own.searchParams.set("provider_error", "call_0800_for_help");
    const page = await browser.open(own.href);
    expect([page.status, page.text.includes("provider_error")]).toEqual([400, true]);
    expect(page.html).not.toContain("0800");
    const counted = world.services.insight.drain().map(({ label }) => label);
    expect(counted).not.toContain("call_0800_for_help");
  });

  test("proven in another browser is not added: nobody plants their own way in (login CSRF)", async () => {
    await openWithProvider();
    const attacker = world.browser();
    const left = await attacker.follow(await atAccount(attacker, "eve@example.com"), "Add Acme");
    const callback = await openPerson().goTo(sentTo(left).href);
    const landed = await attacker.request(`${callback.pathname}${callback.search}`);
    const planted = new URL(landed.location ?? "", HOST);
    const victim = world.browser();
    const own = await atAccount(victim);
    const as = new URL(own.url).searchParams.get("as") ?? "";
    planted.searchParams.set("as", as);
    const refused = await victim.open(planted.href);
    expect(refused.status).toBe(400);
    expect((await userOf()).accounts).toHaveLength(1);
  });
});
