/** Pictures for whoever changes the pages to look at, in e2e/screenshots. What can be checked is. */
import { mkdirSync } from "node:fs";
import { join } from "node:path";
import type { Browser, Page } from "playwright-core";
import { afterAll, beforeAll, expect, test } from "vitest";
import { launchChromium } from "../support/chromium.ts";
import { type DevServer, startDevServer } from "../support/dev-server.ts";
import { root } from "../support/server-process.ts";
import { openDemo } from "./demo-page.ts";

const folder = join(root, "e2e/screenshots");

let server: DevServer;
let browser: Browser;

beforeAll(async () => {
  mkdirSync(folder, { recursive: true });
  [server, browser] = await Promise.all([startDevServer(), launchChromium()]);
});
afterAll(async () => {
  await browser.close();
  await server.stop();
});

test.each([
  ["light", { colorScheme: "light", viewport: { width: 1280, height: 800 } }],
  ["dark", { colorScheme: "dark", viewport: { width: 1280, height: 800 } }],
  ["phone", { colorScheme: "light", viewport: { width: 360, height: 740 } }],
  ["phone-dark", { colorScheme: "dark", viewport: { width: 360, height: 740 } }],
] as const)("the demo and the inbox fit their window: %s", async (name, options) => {
  const context = await browser.newContext(options);
  const demo = await openDemo(context, server);
  const take = async (page: Page, what: string) => {
    await page.screenshot({ path: join(folder, `${what}-${name}.png`), fullPage: true });
    const { wide, room } = await page.evaluate(() => ({
      wide: document.documentElement.scrollWidth,
      room: document.documentElement.clientWidth,
    }));
    expect(wide, `${what} is wider than its window`).toBeLessThanOrEqual(room);
  };
  await demo.showsSignInForm();
  await take(demo.page, "demo-1-sign-in");
  const address = `ada.lovelace.${name}@a-rather-long-domain-name.example.com`;
  await demo.page.getByTestId("sign-in-email").fill(address);
  await demo.page.keyboard.press("Enter");
  await demo.page.getByTestId("sign-in-code").waitFor();
  await demo.page.getByTestId("mail-code").first().waitFor();
  await take(demo.page, "demo-2-code");
  const code = await server.mailedCode(address);
  await demo.page.getByTestId("sign-in-code").fill(code === "111111" ? "222222" : "111111");
  await demo.page.keyboard.press("Enter");
  await demo.page.locator("[aria-invalid=true]").waitFor();
  await take(demo.page, "demo-3-wrong-code");
  await demo.page.getByTestId("sign-in-code").fill(code);
  await demo.page.keyboard.press("Enter");
  await demo.showsUser(address);
  await demo.refreshNow();
  await take(demo.page, "demo-4-signed-in");
  await demo.page.getByTestId("call-users-me").click();
  await demo.page.getByText("linked_accounts").waitFor();
  await take(demo.page, "demo-5-users-me");

  const inbox = await context.newPage();
  await inbox.goto(`${server.url}/dev/mail`);
  await take(inbox, "inbox");
  await inbox.goto(`${server.url}/dev/mail?to=nobody@example.com`);
  await take(inbox, "inbox-empty");
  await demo.signOut();
  await take(demo.page, "demo-6-signed-out");
  await context.close();
});
