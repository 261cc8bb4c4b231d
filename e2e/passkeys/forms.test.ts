/** A passkey in our sign-in form and on the hosted page: autofill and button, in Chromium on localhost. */
import { mkdirSync, rmSync } from "node:fs";
import { join } from "node:path";
import type { Browser, Page } from "playwright-core";
import { afterAll, beforeAll, expect, test } from "vitest";
import { type AppSite, openAppSite } from "../login/app-site.ts";
import { complaintsOf, launchChromium } from "../support/chromium.ts";
import { type DevServer, startDevServer } from "../support/dev-server.ts";
import { root } from "../support/server-process.ts";
import { type StaticSite, serveSite } from "../support/static-site.ts";
import { viteBuild } from "../support/vite-build.ts";
import { type Authenticator, addAuthenticator } from "./authenticator.ts";

const pictures = join(root, "e2e/screenshots");
const PHONE = { width: 360, height: 740 };

let server: DevServer;
let browser: Browser;
let built: string;
let site: StaticSite;
let notes: AppSite;

beforeAll(async () => {
  mkdirSync(pictures, { recursive: true });
  [server, browser] = await Promise.all([startDevServer(), launchChromium()]);
  const { app_id: appId } = server.credentials;
  const on = ["passkeyAuth=true", "passkeysForSignup=true"].flatMap((each) => ["--set", each]);
  await server.latchkey("apps", "update", appId, ...on);
  notes = await openAppSite(server);
  built = await viteBuild(join(root, "examples/react-vite"), {
    VITE_LATCHKEY_URL: server.url,
    VITE_LATCHKEY_APP_ID: appId,
  });
  site = await serveSite(built);
});
afterAll(async () => {
  await site?.close();
  await notes?.close();
  await browser?.close();
  await server?.stop();
  if (built) rmSync(built, { recursive: true, force: true });
});

async function withPasskey(work: (page: Page, device: Authenticator) => Promise<void>) {
  const context = await browser.newContext({ viewport: PHONE, colorScheme: "dark" });
  context.setDefaultTimeout(20_000);
  const page = await context.newPage();
  const complaints = complaintsOf(page);
  const device = await addAuthenticator(page);
  await page.goto(site.url);
  await page.getByTestId("sign-up-passkey").waitFor();
  await page.screenshot({ path: join(pictures, "sign-in-passkey-phone-dark.png") });
  await page.getByTestId("sign-up-passkey").click();
  await page.getByText("Signed in as did:privy:").waitFor();
  await work(page, device);
  expect(complaints).toEqual([]);
  await context.close();
}

test("the form signs up with a passkey, in by autofill without a click, and by its button", () =>
  withPasskey(async (page, device) => {
    const who = await page.locator("strong").textContent();
    await device.setPresent(false);
    await page.getByRole("button", { name: "Sign out" }).click();
    const email = page.getByTestId("sign-in-email");
    await email.waitFor();
    expect(await email.getAttribute("autocomplete")).toBe("username webauthn");
    await page.getByTestId("sign-in-passkey").click();
    await device.setPresent(true);
    await page.getByText(`Signed in as ${who}`).waitFor();
    await page.getByRole("button", { name: "Sign out" }).click();
    await page.getByText(`Signed in as ${who}`).waitFor();
  }));

test("the hosted page signs in by autofill without a click, and by its button", () =>
  withPasskey(async (page, device) => {
    const { client_id } = server.credentials;
    await page.goto(notes.authorizeUrl({ client_id }));
    await page.waitForURL(`${notes.url}/home?error=`);
    await device.setPresent(false);
    await page.goto(notes.authorizeUrl({ client_id, prompt: "login" }));
    const button = page.getByRole("button", { name: "Sign in with a passkey" });
    await button.waitFor();
    for (const colorScheme of ["dark", "light"] as const) {
      await page.emulateMedia({ colorScheme });
      await page.screenshot({ path: join(pictures, `login-passkey-phone-${colorScheme}.png`) });
    }
    const wide = await page.evaluate("document.documentElement.scrollWidth");
    expect(wide).toBeLessThanOrEqual(PHONE.width);
    await button.click();
    await device.setPresent(true);
    await page.waitForURL(`${notes.url}/home?error=`);
  }));

test("without scripts the hosted page offers no passkey, and goes on as ever", async () => {
  const context = await browser.newContext({ javaScriptEnabled: false });
  const page = await context.newPage();
  await page.goto(notes.authorizeUrl({ client_id: server.credentials.client_id }));
  expect(await page.getByRole("button").allTextContents()).toContain("Continue");
  expect(await page.getByText("passkey").isVisible()).toBe(false);
  await context.close();
});
