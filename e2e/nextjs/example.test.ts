/** examples/nextjs, as its reader builds and runs it. */
import type { Browser } from "playwright-core";
import { afterAll, beforeAll, expect, test } from "vitest";
import { complaintsOf, launchChromium } from "../support/chromium.ts";
import { type DevServer, startDevServer } from "../support/dev-server.ts";
import { BUILD_MS, buildSite, EXAMPLE } from "./build-site.ts";
import { newMembership } from "./organization.ts";
import { type Site, startSite } from "./site-process.ts";
import { openVisitor } from "./visitor.ts";

let server: DevServer;
let browser: Browser;
let site: Site;

beforeAll(async () => {
  const built = buildSite(EXAMPLE);
  [server, browser] = await Promise.all([startDevServer(), launchChromium()]);
  site = await startSite(EXAMPLE, await built, (url) => ({
    LATCHKEY_SERVER_URL: server.url,
    LATCHKEY_CLIENT_ID: server.credentials.client_id,
    LATCHKEY_API_KEY: server.credentials.api_key,
    LATCHKEY_REDIRECT_URI: `${url}/callback`,
    LATCHKEY_COOKIE_PASSWORD: "1:a cookie password of more than 32 characters",
  }));
}, BUILD_MS);
afterAll(async () => {
  await browser?.close();
  await site?.close();
  await server?.stop();
});

test("signs in, switches the organization and signs out, and the browser has no complaint", async () => {
  const { page, context, email, proveEmail, cookie } = await openVisitor(browser, server, site.url);
  const complaints = complaintsOf(page);
  await page.goto(site.url);
  await page.getByRole("heading", { name: "Nobody is signed in" }).waitFor();
  await page.getByRole("link", { name: "Sign in" }).click();
  await proveEmail();
  await page.waitForURL(`${site.url}/account`);
  await page.getByRole("heading", { name: `Account of ${email}` }).waitFor();
  await page.getByText("good until").waitFor();

  const acme = await newMembership(server, email, "Acme", "admin");
  await page.getByLabel("Organization").fill(acme);
  await page.getByRole("button", { name: "Switch" }).click();
  await page.locator("#organization", { hasText: acme }).waitFor();
  expect(await page.locator("#role").textContent()).toBe("admin");

  await page.getByRole("button", { name: "Sign out" }).click();
  await page.getByRole("heading", { name: "Nobody is signed in" }).waitFor();
  expect(page.url()).toBe(`${site.url}/`);
  expect(await cookie()).toBeUndefined();
  expect(complaints.filter((text) => !text.includes("/favicon.ico"))).toEqual([]);
  await page.goto(`${site.url}/account`);
  await page.locator("input[name=email]").waitFor();
  await context.close();
});
