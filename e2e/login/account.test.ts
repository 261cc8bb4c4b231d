/** The account page in a real browser: its script, its looks, and what axe says of it. */
import { mkdirSync } from "node:fs";
import { join } from "node:path";
import type { Browser } from "playwright-core";
import { afterAll, beforeAll, expect, test } from "vitest";
import { addAuthenticator } from "../passkeys/authenticator.ts";
import { seriousFindings } from "../support/axe.ts";
import { launchChromium } from "../support/chromium.ts";
import { type DevServer, startDevServer } from "../support/dev-server.ts";
import { root } from "../support/server-process.ts";

const folder = join(root, "e2e/screenshots");

let server: DevServer;
let browser: Browser;

beforeAll(async () => {
  mkdirSync(folder, { recursive: true });
  [server, browser] = await Promise.all([startDevServer(), launchChromium()]);
  const { app_id } = server.credentials;
  const settings = ["passkeyAuth=true", "passwordAuth=true"].flatMap((each) => ["--set", each]);
  await server.latchkey("apps", "update", app_id, ...settings);
});
afterAll(async () => {
  await browser?.close();
  await server?.stop();
});

const PHONE = { width: 360, height: 740 };
const DESK = { width: 1280, height: 800 };

test.each([
  ["phone", { colorScheme: "light", viewport: PHONE }],
  ["light", { colorScheme: "light", viewport: DESK }],
  ["dark", { colorScheme: "dark", viewport: DESK }],
] as const)("a person adds a passkey, signs in by it, and sees both: %s", async (name, options) => {
  // The page's own policy keeps a checker's script out.
  const context = await browser.newContext({ ...options, bypassCSP: true });
  const page = await context.newPage();
  await addAuthenticator(page);
  const email = `account.${name}@example.com`;
  const host = server.url.replace("127.0.0.1", "localhost");
  const take = async (what: string) => {
    await page.screenshot({ path: join(folder, `account-${what}-${name}.png`), fullPage: true });
    expect(await seriousFindings(page), what).toEqual([]);
    const [wide, room] = await page.evaluate(() => {
      const { scrollWidth, clientWidth } = document.documentElement;
      return [scrollWidth, clientWidth];
    });
    expect(wide, `${what} is wider than its window`).toBeLessThanOrEqual(room ?? 0);
  };
  await page.goto(`${host}/login/account?client_id=${server.credentials.client_id}`);
  await page.locator("input[name=email]").fill(email);
  await page.keyboard.press("Enter");
  await page.locator("input[name=code]").fill(await server.mailedCode(email));
  await page.keyboard.press("Enter");
  await page.getByRole("button", { name: "Add a passkey" }).click();
  await page.getByText("Your passkey is added.").waitFor();
  await page.getByText("Set a password").click();
  await page.getByLabel("New password").fill("password123");
  await page.getByRole("button", { name: "Save the password" }).click();
  await page.getByRole("alert").filter({ visible: true }).first().waitFor();
  await take("1-fresh");

  // Days later, on the same device: the page shows, and asks before it changes.
  await page.goto(`${host}/login/account?client_id=${server.credentials.client_id}`);
  await page.getByRole("button", { name: "Confirm that it is you" }).waitFor();
  expect(await page.getByRole("button", { name: /^Remove/ }).count()).toBe(0);
  await take("2-seen");
  await page.getByRole("button", { name: "Confirm that it is you" }).click();
  // The page offers the passkey in its field, and the authenticator agrees at once.
  await page.getByRole("button", { name: /^Remove Passkey/ }).click();
  await page.getByText("Delete it from your device").waitFor();
  await take("3-removed");
  await context.close();
});
