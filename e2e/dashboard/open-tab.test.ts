/** What an administrator ends, the person at the other end sees. */

import type { Browser, Page } from "playwright-core";
import { afterAll, beforeAll, expect, test } from "vitest";
import { openDemo } from "../demo/demo-page.ts";
import { newAddress } from "../support/addresses.ts";
import { launchChromium } from "../support/chromium.ts";
import { type DevServer, startDevServer } from "../support/dev-server.ts";
import { openAsAdmin } from "./admin-page.ts";

let server: DevServer;
let browser: Browser;

beforeAll(async () => {
  [server, browser] = await Promise.all([startDevServer(), launchChromium()]);
});
afterAll(async () => {
  await browser?.close();
  await server?.stop();
});

/** Ends the only session of the user, as an administrator does. Answers when the dashboard says so. */
async function endSession(admin: Page, address: string): Promise<void> {
  const { app_id: appId } = server.credentials;
  await admin.goto(`${server.url}/dashboard/apps/${appId}/users?search=${address}`);
  await admin.getByRole("link", { name: address }).click();
  await admin.getByRole("button", { name: "End", exact: true }).click();
  await admin.getByRole("dialog").getByRole("button", { name: "End it" }).click();
  await admin.getByText("revoked").waitFor();
}

test("open tabs of the app are signed out within ten seconds while visible, and at once on focus", async () => {
  const context = await browser.newContext();
  const app = await openDemo(context, server);
  const address = await app.signIn();
  const admin = await openAsAdmin(browser, server, newAddress());

  await endSession(admin, address);
  const ended = Date.now();
  await app.showsSignInForm();
  expect(Date.now() - ended).toBeLessThan(10_000);
  await admin.reload();
  await admin
    .getByRole("row", { name: /revoked/ })
    .getByRole("link")
    .click();
  await admin.getByText(/Ended by an administrator/).waitFor();

  const again = await app.signIn();
  const checks = countChecks(app.page);
  await setVisible(app.page, false);
  await endSession(admin, again);
  await app.showsStatus("signed_in");
  expect(checks()).toBe(0);
  const returned = Date.now();
  await setVisible(app.page, true);
  await app.showsSignInForm();
  expect(Date.now() - returned).toBeLessThan(2000);
  expect(checks()).toBe(1);
  expect(app.complaints.filter((text) => !/status of 4\d\d/.test(text))).toEqual([]);
});

function countChecks(page: Page): () => number {
  let count = 0;
  page.on("request", (request) => {
    if (request.method() === "GET" && request.url().endsWith("/latchkey/v1/session")) count++;
  });
  return () => count;
}

/** A headless browser shows every page at once: the page is told otherwise, as by another window. */
async function setVisible(page: Page, visible: boolean): Promise<void> {
  await page.evaluate(
    (state) => {
      Object.defineProperty(document, "visibilityState", { value: state, configurable: true });
      document.dispatchEvent(new Event("visibilitychange", { bubbles: true }));
      if (state === "visible") window.dispatchEvent(new Event("focus"));
    },
    visible ? "visible" : "hidden",
  );
}
