/** Every page of the dashboard: pictures in e2e/screenshots to look at, and what can be checked of them. */
import { mkdirSync } from "node:fs";
import { join } from "node:path";
import type { Browser, Page } from "playwright-core";
import { afterAll, beforeAll, expect, test } from "vitest";
import { seriousFindings } from "../support/axe.ts";
import { launchChromium } from "../support/chromium.ts";
import { type DevServer, startDevServer } from "../support/dev-server.ts";
import { root } from "../support/server-process.ts";
import { createProductionApp, openAsAdmin } from "./admin-page.ts";

const folder = join(root, "e2e/screenshots");

let server: DevServer;
let browser: Browser;

beforeAll(async () => {
  mkdirSync(folder, { recursive: true });
  [server, browser] = await Promise.all([startDevServer(), launchChromium()]);
});
afterAll(async () => {
  await browser?.close();
  await server?.stop();
});

const PHONE = { width: 360, height: 740 };
const DESK = { width: 1280, height: 800 };

test.each([
  ["light", { colorScheme: "light", viewport: DESK }],
  ["dark", { colorScheme: "dark", viewport: DESK }],
  ["phone", { colorScheme: "light", viewport: PHONE }],
] as const)(
  "every page fits its window, and axe finds nothing serious (WCAG AA): %s",
  async (name, options) => {
    // The page's own policy keeps a checker's script out.
    const page = await openAsAdmin(browser, server, `${name}@example.com`, {
      ...options,
      bypassCSP: true,
    });
    const take = async (what: string) => {
      await page.waitForLoadState("networkidle");
      await page.screenshot({
        path: join(folder, `dashboard-${what}-${name}.png`),
        fullPage: true,
      });
      const wide = await page.evaluate(() => document.documentElement.scrollWidth);
      expect(wide, `${what} is wider than its window`).toBeLessThanOrEqual(options.viewport.width);
      expect(await seriousFindings(page), what).toEqual([]);
    };
    await take("apps");
    if (name !== "phone") {
      const appId = await createProductionApp(page, `Shop ${name}`);
      await page.goto(`${server.url}/dashboard/apps/${appId}/settings/domains`);
      await page.getByRole("switch", { name: "HttpOnly cookies" }).click({ force: true });
      await page.getByLabel("App domain").fill(`${name}-${Date.now()}.example`);
      await page.getByRole("button", { name: "Add domain" }).click();
      await page.getByText("Waiting for DNS").waitFor();
      await take("domain");
    }
    const { app_id: appId } = server.credentials;
    for (const path of [
      "settings/basics",
      "settings/domains",
      "settings/clients",
      "settings/advanced",
      "users",
      "webhooks",
      "mails",
      "users/import",
      "authentication",
      "providers",
      "providers/add/apple",
      "providers/add/oidc",
      "organizations",
      "roles",
    ]) {
      await page.goto(`${server.url}/dashboard/apps/${appId}/${path}`);
      await page.getByRole("heading", { level: 1 }).waitFor();
      await take(path.replaceAll("/", "-"));
    }
    const email = `ada-${name}@example.com`;
    await addUser(page, appId, { email, customUserId: name });
    await page.goto(`${server.url}/dashboard/apps/${appId}/users?search=${email}`);
    await page.getByRole("link", { name: email }).click();
    await page.getByRole("button", { name: `Remove E-mail ${email}` }).waitFor();
    await take("user");
    await page.goto(`${server.url}/dashboard/apps/${appId}/organizations`);
    await page.getByRole("button", { name: "Create organization" }).click();
    await page.getByLabel("Name").fill("Analytical Engines Ltd");
    await page.getByRole("button", { name: "Create", exact: true }).click();
    await page.getByRole("heading", { name: "Analytical Engines Ltd" }).waitFor();
    for (const tab of ["Members", "Invitations", "Settings"]) {
      await page.getByRole("tab", { name: tab }).click();
      await page.waitForURL(new RegExp(`/${tab.toLowerCase()}$`));
      await take(`organization-${tab.toLowerCase()}`);
    }
    for (const path of [
      "domain-approvals",
      "api",
      "api?operation=updateApp",
      "audit-log",
      "administrators",
      "nothing-here",
    ]) {
      await page.goto(`${server.url}/dashboard/${path}`);
      await page.getByRole("heading").first().waitFor();
      await take(path.replace(/\W/g, "-"));
    }
    await page.context().clearCookies();
    await page.goto(`${server.url}/dashboard/`);
    await page.getByRole("heading", { name: "Sign in" }).waitFor();
    await take("sign-in");
    await page.context().close();
  },
);

const addUser = (page: Page, appId: string, user: { email: string; customUserId: string }) =>
  page.evaluate(
    ([path, body]) =>
      fetch(path, { method: "POST", body, headers: { "content-type": "application/json" } }),
    [`/admin/v1/apps/${appId}/users/import`, JSON.stringify({ users: [user] })] as const,
  );

test("the first load is at most 300 kB of script, compressed", async () => {
  const page = await (await browser.newContext()).newPage();
  let bytes = 0;
  page.on("response", async (response) => {
    if (!response.url().endsWith(".js")) return;
    const text = await response.body().catch(() => Buffer.alloc(0));
    bytes += (await import("node:zlib")).gzipSync(text).byteLength;
  });
  await page.goto(`${server.url}/dashboard/`);
  await page.getByRole("heading", { name: "Sign in" }).waitFor();
  await page.waitForLoadState("networkidle");
  expect(bytes).toBeGreaterThan(50_000);
  expect(bytes).toBeLessThan(300_000);
  await page.context().close();
});
