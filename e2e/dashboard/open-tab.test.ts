/** What an administrator ends, the person at the other end sees. */

import type { Browser } from "playwright-core";
import { afterAll, beforeAll, expect, test } from "vitest";
import { openDemo } from "../demo/demo-page.ts";
import { newAddress } from "../support/addresses.ts";
import { launchChromium } from "../support/chromium.ts";
import { type DevServer, startDevServer } from "../support/dev-server.ts";
import { openAsAdmin } from "./admin-page.ts";

/** Seconds. */
const TTL = 5;

let server: DevServer;
let browser: Browser;

beforeAll(async () => {
  [server, browser] = await Promise.all([
    startDevServer({ accessTokenTtl: TTL }),
    launchChromium(),
  ]);
});
afterAll(async () => {
  await browser?.close();
  await server?.stop();
});

test("an open tab of the app is signed out when it looks next, once its access token is over", async () => {
  const app = await openDemo(await browser.newContext(), server);
  const address = await app.signIn();
  const page = await openAsAdmin(browser, server, newAddress());
  const { app_id: appId } = server.credentials;
  await page.goto(`${server.url}/dashboard/apps/${appId}/users?search=${address}`);
  await page.getByRole("link", { name: address }).click();
  await page.getByRole("button", { name: "End", exact: true }).click();
  await page.getByRole("dialog").getByRole("button", { name: "End it" }).click();
  await page.getByText("revoked").waitFor();
  await app.showsStatus("signed_in");
  await app.page.waitForTimeout(TTL * 1000);
  await app.page.bringToFront();
  await app.page.evaluate(() => globalThis.dispatchEvent(new Event("focus")));
  await app.showsSignInForm();
  await page.reload();
  await page
    .getByRole("row", { name: /revoked/ })
    .getByRole("link")
    .click();
  await page.getByText(/Ended by an administrator/).waitFor();
  expect(app.complaints.filter((text) => !/status of 4\d\d/.test(text))).toEqual([]);
});
