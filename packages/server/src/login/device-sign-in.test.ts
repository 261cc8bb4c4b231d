import type { AuthenticationAnswer, DeviceAuthorization } from "@latchkey/core/protocol/app-server";
import { DEVICE_CODE_GRANT } from "@latchkey/core/protocol/app-server-requests";
import { afterEach, describe, expect, test } from "vitest";
import { type Answer, send } from "../http/testing/test-page.ts";
import { type LoginWorld, openLoginWorld, sentTo } from "./testing/login-world.ts";
import { HOST, type ShownPage, type TestBrowser } from "./testing/test-browser.ts";

const AUTHORIZE = "/user_management/authorize/device";
const EMAIL = "ada@example.com";

let world: LoginWorld;
let clock: number;
afterEach(() => world.close());

async function open(app: object = { deviceSignIn: true }): Promise<void> {
  clock = Date.now();
  world = await openLoginWorld({ app, now: () => clock });
}

/** As command-line tools do it: forms, and no secret. */
function post(path: string, fields: Record<string, string>, headers = {}): Promise<Answer> {
  const body = new URLSearchParams({ client_id: world.app.clientId, ...fields }).toString();
  const type = { "content-type": "application/x-www-form-urlencoded", "user-agent": "tool/1.0" };
  return send(world.fetch, path, { body, headers: { ...type, ...headers }, ip: "203.0.113.9" });
}

const begin = async () => (await post(AUTHORIZE, {})).as<DeviceAuthorization>();
const poll = (device_code: string, headers = {}) =>
  post("/user_management/authenticate", { grant_type: DEVICE_CODE_GRANT, device_code }, headers);

function told(answer: Answer): unknown[] {
  const body = answer.as<{ error?: string }>();
  return [answer.status, body.error];
}

const enterCode = async (browser: TestBrowser, user_code: string) =>
  browser.submit(await browser.open("/login/device"), { user_code });

/** From the code to the page that asks for a decision. */
async function toDecision(
  browser: TestBrowser,
  user_code: string,
  email = EMAIL,
): Promise<ShownPage> {
  const login = await enterCode(browser, user_code);
  const asked = await browser.submit(login, { email });
  return browser.submit(asked, { code: await world.codeFor(email) });
}

describe("a device (RFC 8628)", () => {
  test("is told where to send its person, and signed in when they agree", async () => {
    await open();
    const begun = await begin();
    expect(begun).toEqual({
      device_code: expect.stringMatching(/^[A-Za-z0-9_-]{43}$/),
      user_code: expect.stringMatching(/^[B-Z]{4}-[B-Z]{4}$/),
      verification_uri: `${HOST}/login/device`,
      verification_uri_complete: `${HOST}/login/device?user_code=${begun.user_code}`,
      expires_in: 600,
      interval: 5,
    });
    expect(told(await poll(begun.device_code))).toEqual([400, "authorization_pending"]);
    const page = await toDecision(world.browser(), begun.user_code);
    for (const words of ["Test app", EMAIL, begun.user_code, "tool/1.0", "203.0.113.9"]) {
      expect(page.text).toContain(words);
    }
    expect(page.headers.get("cache-control")).toBe("private, no-store");
    const done = await world.browser().submit(page, { decision: "allow" });
    expect(done.text).toContain("no cookies");
    clock += 5000;
    expect(told(await poll(begun.device_code))).toEqual([400, "authorization_pending"]);
  });

  test("begins a session that it refreshes without a secret, as public clients do", async () => {
    await open();
    const { device_code, user_code } = await begin();
    const browser = world.browser();
    const done = await browser.submit(await toDecision(browser, user_code), { decision: "allow" });
    expect([done.status, done.text]).toEqual([200, expect.stringContaining("is signed in")]);
    const answer = await poll(device_code);
    expect(answer.status, answer.text).toBe(200);
    const body = answer.as<AuthenticationAnswer>();
    expect(Object.keys(body).sort()).toEqual([
      "access_token",
      "authentication_method",
      "refresh_token",
      "user",
    ]);
    expect(body.user.email).toBe(EMAIL);
    const { refresh_token } = body;
    const refreshed = await post("/user_management/authenticate", {
      grant_type: "refresh_token",
      refresh_token,
    });
    expect(refreshed.as<AuthenticationAnswer>().refresh_token).toBe(refresh_token);
    expect(told(await poll(device_code))).toEqual([400, "invalid_grant"]);
  });

  test("is told that it was refused, that it asks too often, and that its code ran out (section 3.5)", async () => {
    await open();
    const [denied, hasty] = [await begin(), await begin()];
    const browser = world.browser();
    await browser.submit(await toDecision(browser, denied.user_code), { decision: "deny" });
    expect(told(await poll(denied.device_code))).toEqual([400, "access_denied"]);
    expect(told(await poll(hasty.device_code))).toEqual([400, "authorization_pending"]);
    expect(told(await poll(hasty.device_code))).toEqual([400, "slow_down"]);
    clock += 600_001;
    expect(told(await poll(hasty.device_code))).toEqual([400, "expired_token"]);
    expect(told(await poll("x".repeat(43)))).toEqual([400, "invalid_grant"]);
  });

  test("whose poll is repeated with its Idempotency-Key gets the same session (R6)", async () => {
    await open();
    const { device_code, user_code } = await begin();
    const browser = world.browser();
    await browser.submit(await toDecision(browser, user_code), { decision: "allow" });
    const key = { "idempotency-key": "retry-device" };
    const answers = [await poll(device_code, key), await poll(device_code, key)];
    const tokens = answers.map((answer) => answer.as<AuthenticationAnswer>().refresh_token);
    expect(tokens[0]).toBe(tokens[1]);
  });

  test("of an app that signs no devices in gets no code, nor one with a wrong secret", async () => {
    await open({});
    expect(told(await post(AUTHORIZE, {}))).toEqual([400, "unauthorized_client"]);
    expect(told(await poll("x"))).toEqual([400, "unauthorized_client"]);
    const wrong = await post(AUTHORIZE, { client_secret: "sk_wrong" });
    expect(told(wrong)).toEqual([401, "invalid_client"]);
    expect(told(await post(AUTHORIZE, { client_id: "client_none" }))).toEqual([
      401,
      "invalid_client",
    ]);
  });
});

describe("the person with the code", () => {
  test("is not asked again who they are where they signed in before", async () => {
    await open();
    const browser = world.browser();
    await world.signIn(browser, EMAIL);
    const { user_code } = await begin();
    const page = await enterCode(browser, user_code.toLowerCase().replace("-", " "));
    expect(page.text).toContain(`signed in as ${EMAIL}`);
    const other = await browser.submit(page, { decision: "other" });
    const asked = await browser.submit(other, { email: "grace@example.com" });
    const decision = await browser.submit(asked, {
      code: await world.codeFor("grace@example.com"),
    });
    expect(decision.text).toContain("signed in as grace@example.com");
  });

  test("decides nothing by following a link: the code is filled in, no more (section 3.3.1)", async () => {
    await open();
    const begun = await begin();
    const browser = world.browser();
    await world.signIn(browser, EMAIL);
    const page = await browser.open(begun.verification_uri_complete);
    expect(page.html).toContain(`value="${begun.user_code}"`);
    expect(told(await poll(begun.device_code))).toEqual([400, "authorization_pending"]);
    const odd = await browser.open("/login/device?user_code=%3Cscript%3E");
    expect(odd.html).not.toContain("script");
  });

  test("is told of a wrong code beside the field, and of one that is over", async () => {
    await open();
    const browser = world.browser();
    for (const [typed, words] of [
      ["hello", "eight letters"],
      ["BBBB-BBBB", "No device waits"],
    ] as const) {
      const page = await enterCode(browser, typed);
      expect([page.status, page.text]).toEqual([422, expect.stringContaining(words)]);
    }
    const { user_code } = await begin();
    const page = await toDecision(browser, user_code);
    await browser.submit(page, { decision: "allow" });
    const late = await browser.submit(page, { decision: "deny" });
    expect([late.status, late.text]).toEqual([400, expect.stringContaining("device_grant_over")]);
  });

  test("cannot be made to decide by another site, nor in another browser (ASVS 3.5.1, 10.1.2)", async () => {
    await open();
    const { device_code, user_code } = await begin();
    const browser = world.browser();
    const page = await toDecision(browser, user_code);
    const decide = new URL(page.url).searchParams.get("decide") ?? "";
    const body = new URLSearchParams({ decide, decision: "allow" }).toString();
    const type = { "content-type": "application/x-www-form-urlencoded" };
    const foreign = await browser.request("/login/device", {
      method: "POST",
      headers: { ...type, "sec-fetch-site": "cross-site", origin: "https://evil.example" },
      body,
    });
    expect([foreign.status, foreign.text]).toEqual([
      403,
      expect.stringContaining("cross_site_form"),
    ]);
    const stranger = world.browser();
    await stranger.open(world.authorizeUrl());
    const elsewhere = await stranger.submit({ ...page, url: page.url }, { decision: "allow" });
    expect(elsewhere.text).toContain("begun elsewhere");
    expect(told(await poll(device_code))).toEqual([400, "authorization_pending"]);
  });

  test("can be guessed at 30 times in ten minutes from one network (section 5.1)", async () => {
    clock = Date.now();
    world = await openLoginWorld({
      app: { deviceSignIn: true },
      settings: { limitByIp: true },
      now: () => clock,
    });
    const browser = world.browser({ ip: "203.0.113.5" });
    const page = await browser.open("/login/device");
    for (let count = 0; count < 30; count++) {
      expect((await browser.submit(page, { user_code: "BBBB-BBBB" })).status).toBe(422);
    }
    const last = await browser.submit(page, { user_code: "BBBB-BBBB" });
    expect(last.status).toBe(429);
  });

  test("signs in to their app as before: the pages of a device lead nowhere else", async () => {
    await open();
    const browser = world.browser();
    const { user_code } = await begin();
    await toDecision(browser, user_code);
    const silent = await browser.request(world.authorizeUrl({ prompt: "none" }));
    expect(sentTo(silent).searchParams.has("code")).toBe(true);
  });
});
