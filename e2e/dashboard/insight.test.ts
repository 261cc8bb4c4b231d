/** What happened in an app, whose sessions they are, who is listed, and what a viewer is offered. */
import { mkdirSync, readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { join } from "node:path";
import type { Browser, BrowserContextOptions, Page } from "playwright-core";
import { afterAll, beforeAll, expect, test } from "vitest";
import { newAddress } from "../support/addresses.ts";
import { complaintsOf, launchChromium } from "../support/chromium.ts";
import { type DevServer, startDevServer } from "../support/dev-server.ts";
import { root } from "../support/server-process.ts";
import { openAsAdmin } from "./admin-page.ts";

const folder = join(root, "e2e/screenshots");
const axe = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");

let server: DevServer;
let browser: Browser;
let home: string;
const ada = newAddress();
const grace = newAddress();

beforeAll(async () => {
  mkdirSync(folder, { recursive: true });
  [server, browser] = await Promise.all([startDevServer(), launchChromium()]);
  home = `${server.url}/dashboard/apps/${server.credentials.app_id}`;
  for (const address of [ada, grace]) await signIn(address);
  const { token, refresh_token } = await signIn(ada);
  await browserCall("sessions", { refresh_token }, token);
  await browserCall("sessions/logout", { refresh_token }, token);
  // A wrong code, so that there is a failure to be seen.
  await browserCall("passwordless/init", { email: grace });
  await browserCall("passwordless/authenticate", { email: grace, code: "000000" });
});
afterAll(async () => {
  await browser?.close();
  await server?.stop();
});

async function browserCall(path: string, body: object, token?: string) {
  const response = await fetch(`${server.url}/api/v1/${path}`, {
    method: "POST",
    headers: {
      "content-type": "application/json",
      origin: "http://localhost:3000",
      "privy-app-id": server.credentials.app_id,
      ...(token && { authorization: `Bearer ${token}` }),
    },
    body: JSON.stringify(body),
  });
  return (await response.json().catch(() => ({}))) as { token: string; refresh_token: string };
}

const codes = new Map<string, number>();

async function signIn(email: string) {
  const count = (codes.get(email) ?? 0) + 1;
  codes.set(email, count);
  await browserCall("passwordless/init", { email });
  const code = await server.mailedCode(email, count);
  return browserCall("passwordless/authenticate", { email, code });
}

test("users are filtered by what is in the address, which the filters write", async () => {
  const page = await openAsAdmin(browser, server, newAddress());
  const complaints = complaintsOf(page);
  await page.goto(`${home}/users`);
  await page.getByRole("link", { name: ada }).waitFor();
  await page.getByRole("button", { name: "Filters" }).click();
  await page.getByRole("combobox", { name: "Has account" }).click();
  await page.getByRole("option", { name: "Passkey" }).click();
  await page.waitForURL(/accountType=passkey/);
  await page.getByText("Nobody fits these filters").waitFor();
  await page.getByRole("button", { name: "Take all away" }).click();
  await page.getByRole("link", { name: ada }).waitFor();

  await page.getByRole("link", { name: grace }).click();
  await page.getByRole("button", { name: "Disable" }).click();
  await page.getByRole("dialog").getByRole("button", { name: "Disable" }).click();
  await page.getByText("disabled").first().waitFor();
  const today = new Date();
  const day = [today.getFullYear(), today.getMonth() + 1, today.getDate()]
    .map((part) => String(part).padStart(2, "0"))
    .join("-");
  await page.goto(`${home}/users?disabled=true&createdFrom=${day}&createdTo=${day}`);
  await page.getByRole("button", { name: "Filters (3)" }).waitFor();
  await page.getByRole("link", { name: grace }).waitFor();
  expect(await page.getByRole("link", { name: ada }).count()).toBe(0);
  expect(await page.getByLabel("Came from").inputValue()).toBe(day);
  expect(complaints).toEqual([]);
  await page.context().close();
});

test("sessions of everybody are listed by state, reason and method, each with its trail", async () => {
  const page = await openAsAdmin(browser, server, newAddress());
  await page.goto(`${home}/sessions?state=active`);
  await page.getByRole("link", { name: ada }).waitFor();
  await page.getByRole("combobox", { name: "Why it ended" }).click();
  await page.getByRole("option", { name: "signed out" }).click();
  await page.waitForURL(/state=ended&reason=logout/);
  await page.getByRole("cell", { name: "signed out" }).waitFor();
  await page.getByRole("link", { name: ada }).click();
  await page.getByText("Signed out by the user.").waitFor();
  await page.goBack();
  await page.getByRole("combobox", { name: "Signed in by" }).click();
  await page.getByRole("option", { name: "Passkey" }).click();
  await page.getByText("No session is like that").waitFor();
  await page.context().close();
});

test("a viewer is offered nothing that would be refused, and told why", async () => {
  const owner = await openAsAdmin(browser, server, newAddress());
  const viewer = newAddress();
  const printed = await server.latchkey(
    ...["admins", "invite", "--email", viewer, "--role", "viewer"],
  );
  const [, link = ""] = /(\/dashboard\/\S+#token=\S+)/.exec(printed) ?? [];
  await owner.context().close();
  const page = await (await browser.newContext()).newPage();
  await page.goto(`${server.url}${link}`);
  await page.getByLabel("E-mail address").fill(viewer);
  await page.getByRole("button", { name: "Enter the dashboard" }).click();
  await page.getByRole("heading", { name: "Apps" }).waitFor();
  await page.getByText("Your role is viewer").waitFor();
  expect(await page.getByRole("button", { name: "Create app" }).isDisabled()).toBe(true);
  for (const path of ["settings/basics", "users", "authentication", "organizations", "webhooks"]) {
    await page.goto(`${home}/${path}`);
    await page.getByText("Your role is viewer").waitFor();
  }
  await page.goto(`${home}/settings/basics`);
  await page.getByLabel("Name").first().waitFor();
  expect(await page.getByLabel("Name").first().isDisabled()).toBe(true);
  await page.goto(`${home}/insight`);
  await page.getByText(/^Counted /).waitFor();
  expect(await page.getByText("Your role is viewer").count()).toBe(0);
  await page.context().close();
});

const LOOKS: readonly [string, BrowserContextOptions][] = [
  ["light", { colorScheme: "light", viewport: { width: 1280, height: 800 } }],
  ["dark", { colorScheme: "dark", viewport: { width: 1280, height: 800 } }],
  ["phone", { colorScheme: "light", viewport: { width: 360, height: 740 } }],
];

test.each(LOOKS)(
  "what happened is a chart and a table, and axe finds nothing serious (WCAG AA): %s",
  async (name, options) => {
    // The page's own policy keeps a checker's script out.
    const page = await openAsAdmin(browser, server, newAddress(), { ...options, bypassCSP: true });
    await page.goto(`${home}/insight?range=1h`);
    const signIns = page.getByRole("region", { name: "Sign-ins" });
    // What is counted is written every ten seconds.
    await signIns.getByRole("img", { name: /E-mail 3/ }).waitFor({ timeout: 45_000 });
    await expect.poll(() => signIns.locator("canvas").evaluate(drawnPixels)).toBeGreaterThan(500);
    await page.getByRole("region", { name: "Failures" }).getByText("Wrong code").waitFor();
    await look(page, `insight-${name}`, options);
    await signIns.getByRole("button", { name: "As a table" }).click();
    const table = signIns.getByRole("table");
    expect(await table.getByRole("row").count()).toBeGreaterThan(1);
    await page.getByText("90 d").click();
    await page.waitForURL(/range=90d/);
    await look(page, `insight-table-${name}`, options);
    await page.goto(`${home}/users?guest=false&createdFrom=2026-01-01`);
    await page.getByRole("link", { name: ada }).waitFor();
    await look(page, `users-filtered-${name}`, options);
    await page.goto(`${home}/sessions`);
    await page.getByRole("link", { name: ada }).first().waitFor();
    await look(page, `sessions-${name}`, options);
    await page.context().close();
  },
);

test("the charts' code comes with the page that shows them, and no sooner", async () => {
  const page = await openAsAdmin(browser, server, newAddress());
  const scripts: string[] = [];
  page.on("response", (response) => {
    if (response.url().endsWith(".js")) scripts.push(response.url());
  });
  await page.goto(`${home}/users`);
  await page.getByRole("link", { name: ada }).waitFor();
  expect(scripts.filter((url) => /\/insight-(?!words)/.test(url))).toEqual([]);
  await page.context().close();
});

/** In the page: how much of a canvas is not empty. */
function drawnPixels(canvas: Element): number {
  const { width, height } = canvas as HTMLCanvasElement;
  const context = (canvas as HTMLCanvasElement).getContext("2d");
  const pixels = context?.getImageData(0, 0, width, height).data ?? new Uint8ClampedArray();
  return pixels.filter((value, index) => index % 4 === 3 && value > 0).length;
}

async function look(page: Page, what: string, { viewport }: BrowserContextOptions) {
  await page.waitForLoadState("networkidle");
  await page.screenshot({ path: join(folder, `dashboard-${what}.png`), fullPage: true });
  const wide = await page.evaluate(() => document.documentElement.scrollWidth);
  expect(wide, `${what} is wider than its window`).toBeLessThanOrEqual(viewport?.width ?? 0);
  await page.evaluate(axe);
  const found = await page.evaluate(async () => {
    const { axe } = globalThis as unknown as {
      axe: {
        run(): Promise<{ violations: { id: string; impact: string; nodes: { html: string }[] }[] }>;
      };
    };
    const { violations } = await axe.run();
    return violations
      .filter(({ impact }) => impact === "serious" || impact === "critical")
      .map(({ id, nodes }) => ({ id, where: nodes.map(({ html }) => html.slice(0, 200)) }));
  });
  expect(found, what).toEqual([]);
}
