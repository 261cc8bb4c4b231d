import { afterEach, expect, test } from "vitest";
import { markDevice } from "../codes/known-device.ts";
import { type LoginWorld, openLoginWorld, sentTo } from "./testing/login-world.ts";
import type { TestBrowser } from "./testing/test-browser.ts";

const EMAIL = "ada@example.com";

let world: LoginWorld;
afterEach(() => world.close());

const ask = async (browser: TestBrowser) =>
  browser.submit(await browser.open(world.authorizeUrl({ prompt: "login" })), { email: EMAIL });

/** Uses up what everybody shares for the address: its live codes, and their attempts. */
async function attack(): Promise<void> {
  for (let round = 0; round < 5; round++) {
    const stranger = world.browser();
    const page = await ask(stranger);
    for (let guess = 0; guess < 5; guess++) await stranger.submit(page, { code: "000000" });
  }
}

test("a browser that signed in before goes on getting and using codes, whoever attacks the address (ASVS 6.1.1)", async () => {
  world = await openLoginWorld();
  const own = world.browser();
  await world.signIn(own, EMAIL);
  await attack();
  const elsewhere = await ask(world.browser());
  expect([elsewhere.status, elsewhere.text]).toEqual([429, expect.stringContaining("too often")]);
  const page = await ask(own);
  const done = await own.submit(page, { code: await world.codeFor(EMAIL) });
  expect(sentTo(done).searchParams.has("code")).toBe(true);
});

test("the mark is good for its address and app alone, and no script reads it", async () => {
  world = await openLoginWorld();
  const own = world.browser();
  const page = await ask(own);
  const done = await own.submit(page, { code: await world.codeFor(EMAIL) });
  const [cookie] = done.headers.getSetCookie().filter((line) => line.includes("device"));
  expect(cookie).toMatch(/^__Host-latchkey-device-\w+=.*; Path=\/;.*HttpOnly; Secure/);
  await attack();
  const other = openMarked(own, await markOf(EMAIL, (await world.otherApp()).id));
  expect((await ask(other)).status).toBe(429);
  expect((await ask(openMarked(own, await markOf("grace@example.com")))).status).toBe(429);
  expect((await ask(openMarked(own, await markOf(EMAIL)))).status).toBe(200);
});

const markOf = (address: string, appId = world.app.id) =>
  markDevice(world.services.master, { appId, address, now: Date.now() });

/** Another browser that has only this mark, under the name of the app's. */
function openMarked(own: TestBrowser, mark: string): TestBrowser {
  const browser = world.browser();
  const [name = ""] = [...own.cookies.keys()].filter((each) => each.includes("device"));
  browser.cookies.set(name, mark);
  return browser;
}
