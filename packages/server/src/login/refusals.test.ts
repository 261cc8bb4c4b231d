import { unavailable } from "@latchkey/core/errors";
import { afterEach, expect, test } from "vitest";
import { createApp } from "../app.ts";
import { type LoginWorld, openLoginWorld } from "./testing/login-world.ts";
import { openBrowser, type ShownPage } from "./testing/test-browser.ts";

const EMAIL = "ada@example.com";

let world: LoginWorld;
afterEach(() => world.close());
const open = async (...input: Parameters<typeof openLoginWorld>) => {
  world = await openLoginWorld(...input);
  return world;
};

async function finish(email = EMAIL): Promise<ShownPage> {
  const browser = world.browser();
  const page = await browser.submit(await browser.open(world.authorizeUrl()), { email });
  return browser.submit(page, { code: await world.codeFor(email) });
}

/** Every error page has a code, plain words, a way on and the request's id. */
function expectErrorPage(page: ShownPage, status: number, code: string): void {
  expect([page.status, page.html.includes(`<dd>${code}</dd>`)]).toEqual([status, true]);
  expect(page.headers.get("content-type")).toBe("text/html; charset=UTF-8");
  expect(page.html).toContain(`<dd>${page.headers.get("x-request-id")}</dd>`);
  expect(page.location).toBeNull();
}

test("an address that is not on the allowlist is told in the app's words, after it was proven", async () => {
  await open({
    app: {
      allowlistEnabled: true,
      allowlistTitle: "Not yet",
      allowlistDetail: "We let people in one by one.",
      allowlistCtaText: "Join the list",
      allowlistCtaLink: "https://app.example.com/list",
    },
  });
  const page = await finish();
  expectErrorPage(page, 403, "allowlist_rejected");
  expect(page.text).toContain("Not yet We let people in one by one.");
  expect(page.html).toContain('href="https://app.example.com/list"');
  const { store } = world.services;
  expect(
    await store.users.findByAccount(world.app.id, { type: "email", subject: EMAIL }),
  ).toBeNull();
});

test("a disabled user stays out and is told whom to ask", async () => {
  await open();
  expect((await finish()).status).toBe(303);
  const { store } = world.services;
  const user = await store.users.findByAccount(world.app.id, { type: "email", subject: EMAIL });
  await store.users.setDisabled(world.app.id, user?.id ?? "", true);
  const page = await finish();
  expectErrorPage(page, 403, "user_disabled");
  expect(page.text).toContain("Use another address");
  expect(page.text).toContain("Back to Test app");
});

test("an app that is full takes the users that it has", async () => {
  await open({ app: { maxUsers: 1 } });
  expect((await finish("bob@example.com")).status).toBe(303);
  expectErrorPage(await finish(), 403, "max_accounts_reached");
  expect((await finish("bob@example.com")).status).toBe(303);
});

test("an app that switched e-mail off shows no form", async () => {
  await open({ app: { emailAuth: false } });
  expectErrorPage(await world.browser().open(world.authorizeUrl()), 403, "disallowed_login_method");
});

test("an organization that the user is not in is refused, and no code leaves", async () => {
  await open();
  const browser = world.browser();
  const first = await browser.open(world.authorizeUrl({ organization_id: "org_1" }));
  const page = await browser.submit(first, { email: EMAIL });
  const done = await browser.submit(page, { code: await world.codeFor(EMAIL) });
  expectErrorPage(done, 403, "not_a_member");
});

test("a request that is missing or was changed leads nowhere", async () => {
  await open();
  const browser = world.browser();
  expectErrorPage(await browser.open("/login"), 400, "login_request_missing");
  const { url } = await browser.open(world.authorizeUrl());
  const changed = `${url.slice(0, -1)}${url.endsWith("A") ? "B" : "A"}`;
  for (const wrong of [changed, "/login?request=x", "/login?request=%F0%9F"]) {
    expectErrorPage(await browser.open(wrong), 400, "login_request_invalid");
  }
});

test("a page left open for an hour says so and leads back to the app", async () => {
  let clock = Date.now();
  await open({ now: () => clock });
  const browser = world.browser();
  const first = await browser.open(world.authorizeUrl());
  clock += 3_600_000;
  const page = await browser.submit(first, { email: EMAIL });
  expectErrorPage(page, 400, "login_request_expired");
  expect(page.html).toContain('href="https://app.example.com/"');
  expect(world.mails).toHaveLength(0);
});

test("a browser that keeps no cookies is told so", async () => {
  await open();
  const page = await world.browser({ cookies: "blocked" }).open(world.authorizeUrl());
  expectErrorPage(page, 400, "cookies_blocked");
  expect(page.text).toContain("Allow cookies for this site");
});

test("a callback taken off the app's list meanwhile gets no code (ASVS 10.4.1)", async () => {
  let clock = Date.now();
  await open({ now: () => clock });
  const browser = world.browser();
  const first = await browser.open(world.authorizeUrl());
  const page = await browser.submit(first, { email: EMAIL });
  await world.services.store.apps.updateSettings(
    world.app.id,
    JSON.stringify({ redirectUris: ["https://app.example.com/new"] }),
  );
  clock += 5001;
  const done = await browser.submit(page, { code: await world.codeFor(EMAIL) });
  expectErrorPage(done, 400, "login_request_invalid");
});

test("a database that is away makes a 503 page with Retry-After, and signs nobody out (R5)", async () => {
  await open();
  const away = () => Promise.reject(unavailable("database_unavailable", "The database is away."));
  const { services } = world;
  const fetch = createApp({
    ...services,
    store: {
      ...services.store,
      signIns: { begin: away, find: away, end: away, wasThrownOut: away },
      now: away,
    },
  });
  const known = world.browser();
  await world.signIn(known, EMAIL);
  const browser = openBrowser(fetch);
  for (const [name, value] of known.cookies) browser.cookies.set(name, value);
  const page = await browser.open(world.authorizeUrl());
  expectErrorPage(page, 503, "database_unavailable");
  expect(page.headers.get("retry-after")).toBe("1");
  expect(page.text).toContain("Nothing is lost");
  expect(page.headers.getSetCookie()).toEqual([]);
  const json = await browser.request(world.authorizeUrl(), {
    headers: { accept: "application/json" },
  });
  expect([json.status, JSON.parse(json.html).code]).toEqual([503, "database_unavailable"]);
});

test("a fault that nobody foresaw is a page without its details", async () => {
  await open();
  const fetch = createApp({
    ...world.services,
    directory: {
      ...world.services.directory,
      findByClientId: () => Promise.reject(new Error("secret detail")),
    },
  });
  const page = await openBrowser(fetch).open(world.authorizeUrl());
  expectErrorPage(page, 500, "internal_error");
  expect(page.html).not.toContain("secret detail");
});
