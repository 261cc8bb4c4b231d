import { afterEach, beforeEach, expect, test } from "vitest";
import { type LoginWorld, openLoginWorld } from "./testing/login-world.ts";
import { HOST } from "./testing/test-browser.ts";

const EMAIL = "ada@example.com";
const FORM = "application/x-www-form-urlencoded";

let world: LoginWorld;
beforeEach(async () => {
  world = await openLoginWorld();
});
afterEach(() => world.close());

test("a sign-in begun in one browser cannot be continued or finished in another (ASVS 10.1.2)", async () => {
  const attacker = world.browser();
  const page = await attacker.submit(await attacker.open(world.authorizeUrl()), { email: EMAIL });
  const code = await world.codeFor(EMAIL);
  const stranger = world.browser();
  await stranger.open(world.authorizeUrl());
  const empty = world.browser();
  for (const [victim, expected] of [
    [stranger, "other_browser"],
    [empty, "cookies_blocked"],
  ] as const) {
    const opened = await victim.open(page.url);
    expect([opened.status, opened.text]).toEqual([400, expect.stringContaining(expected)]);
    const finished = await victim.submit(page, { code });
    expect([finished.status, finished.location]).toEqual([400, null]);
    expect([...victim.cookies.keys()].some((name) => name.includes("sign-in"))).toBe(false);
  }
  expect((await attacker.submit(page, { code })).status).toBe(303);
});

test("a code works only in the browser that asked for it, with any request (ASVS 6.6.2)", async () => {
  const victim = world.browser();
  await victim.submit(await victim.open(world.authorizeUrl()), { email: EMAIL });
  const code = await world.codeFor(EMAIL);
  const attacker = world.browser();
  const page = await attacker.submit(await attacker.open(world.authorizeUrl()), { email: EMAIL });
  const newer = await world.codeFor(EMAIL);
  expect((await attacker.submit(page, { code })).status).toBe(422);
  expect((await attacker.submit(page, { code: newer })).status).toBe(303);
});

test("two sign-ins in two tabs of one browser do not undo each other", async () => {
  const browser = world.browser();
  const one = await browser.submit(await browser.open(world.authorizeUrl({ state: "1" })), {
    email: EMAIL,
  });
  const two = await browser.submit(await browser.open(world.authorizeUrl({ state: "2" })), {
    email: EMAIL,
  });
  const code = await world.codeFor(EMAIL);
  const first = await browser.submit(one, { code });
  expect(first.location).toContain("state=1");
  const again = await browser.submit(two, { action: "resend" });
  const second = await browser.submit(again, { code: await world.codeFor(EMAIL) });
  expect(second.location).toContain("state=2");
});

test.each([
  ["of another site", { "sec-fetch-site": "cross-site", origin: "https://evil.example" }],
  ["of a sibling site", { "sec-fetch-site": "same-site", origin: "https://evil.example.com" }],
  ["of an older browser on another site", { origin: "https://evil.example" }],
  ["of a sandboxed frame", { origin: "null" }],
])(
  "a form %s is refused, with the cookies of the browser too (ASVS 3.5.1)",
  async (_name, headers) => {
    const browser = world.browser();
    const page = await browser.open(world.authorizeUrl());
    const request = new URL(page.url).searchParams.get("request") ?? "";
    const body = new URLSearchParams({ request, email: EMAIL }).toString();
    const sent = await browser.request("/login", {
      method: "POST",
      headers: { "content-type": FORM, ...headers },
      body,
    });
    expect([sent.status, sent.text]).toEqual([403, expect.stringContaining("cross_site_form")]);
    expect(world.mails).toHaveLength(0);
  },
);

test("a form of our own page is taken from browsers old and new, and from a test without either header", async () => {
  const browser = world.browser();
  const page = await browser.open(world.authorizeUrl());
  const request = new URL(page.url).searchParams.get("request") ?? "";
  for (const headers of [
    { "sec-fetch-site": "same-origin", origin: "null" },
    { origin: HOST },
    {},
  ]) {
    const sent = await browser.request("/login", {
      method: "POST",
      headers: { "content-type": FORM, ...headers },
      body: new URLSearchParams({ request, email: EMAIL }).toString(),
    });
    expect(sent.status).toBe(303);
  }
});

test("only a form is a form: JSON, text, twice the same field and 64 KB are refused (ASVS 4.1.1)", async () => {
  const browser = world.browser();
  const page = await browser.open(world.authorizeUrl());
  const request = new URL(page.url).searchParams.get("request") ?? "";
  const post = (type: string, body: string) =>
    browser.request("/login", { method: "POST", headers: { "content-type": type }, body });
  const form = new URLSearchParams({ request, email: EMAIL }).toString();
  expect((await post("application/json", JSON.stringify({ request, email: EMAIL }))).status).toBe(
    415,
  );
  expect((await post("text/plain", form)).status).toBe(415);
  expect((await post(FORM, `${form}&x=${"x".repeat(65_536)}`)).status).toBe(413);
  expect((await post(FORM, `${form}&request=x`)).text).toContain("login_request_missing");
  expect((await post(FORM, `${form}&email=bob@example.com`)).status).toBe(422);
  expect(world.mails).toHaveLength(0);
});

test("the binding cookie is for this host alone, unreadable to scripts and sent with no foreign form (ASVS 3.3.1 to 3.3.4)", async () => {
  const answer = await world.browser().request(world.authorizeUrl());
  const [cookie, ...others] = answer.headers.getSetCookie();
  expect(others).toEqual([]);
  expect(cookie).toMatch(
    /^__Host-latchkey-login=[A-Za-z0-9_-]{43}; Path=\/; Max-Age=86400; HttpOnly; SameSite=Lax; Secure$/,
  );
  const plain = await openLoginWorld({ settings: { secure: false } });
  const [overHttp] = (await plain.browser().request(plain.authorizeUrl())).headers.getSetCookie();
  expect(overHttp).toMatch(
    /^latchkey-login=[^;]+; Path=\/; Max-Age=86400; HttpOnly; SameSite=Lax$/,
  );
  await plain.close();
});
