/** An app gets its domain through the dashboard, as an operator does it, against a real DNS server. */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Browser, Page } from "playwright-core";
import { afterAll, beforeAll, expect, test } from "vitest";
import { startTestDns, type TestDns } from "../domains/test-dns.ts";
import { launchChromium } from "../support/chromium.ts";
import { latchkeyCommand, type ServerProcess, serverProcess } from "../support/server-process.ts";
import { createProductionApp, openAsAdmin } from "./admin-page.ts";

const DOMAIN = "example.test";
const ZONE = "cname.latchkey.test";

let folder: string;
let dns: TestDns;
let server: ServerProcess;
let browser: Browser;
let page: Page;
let appId: string;

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), "latchkey-dashboard-walk-"));
  dns = await startTestDns();
  dns.set(
    { type: "A", name: `*.${ZONE}`, data: "127.0.0.1", ttl: 1 },
    { type: "NS", name: DOMAIN, data: `ns.${DOMAIN}`, ttl: 1 },
    { type: "NS", name: "shop.vercel.app", data: "ns.vercel.app", ttl: 1 },
  );
  const env = {
    LATCHKEY_DATA_DIR: folder,
    LATCHKEY_CNAME_ZONE: ZONE,
    LATCHKEY_DNS_SERVERS: dns.address,
  };
  server = await serverProcess({ env, command: latchkeyCommand("dev") });
  [browser] = await Promise.all([launchChromium(), server.start()]);
  page = await openAsAdmin(browser, server, "operator@example.com", {
    permissions: ["clipboard-read", "clipboard-write"],
  });
  appId = await createProductionApp(page, "Notes");
}, 120_000);
afterAll(async () => {
  await browser?.close();
  await server?.end();
  await dns?.stop();
  if (folder) rmSync(folder, { recursive: true, force: true });
});

interface Pasted {
  readonly name: string;
  readonly value: string;
}

/** What the copy buttons in a record's row put on the clipboard. */
async function copied(type: string, name: string): Promise<Pasted> {
  const row = page.getByRole("row", { name: `${type} ${name} Copy` });
  const take = async (what: "name" | "value") => {
    await row.getByRole("button", { name: `Copy ${what}` }).click();
    return page.evaluate(() => navigator.clipboard.readText());
  };
  return { name: await take("name"), value: await take("value") };
}

/** The app as a script reads it by the management API. */
async function settings(): Promise<Record<string, unknown>> {
  const answer = await page.request.get(`${server.url}/admin/v1/apps/${appId}`);
  return ((await answer.json()) as { settings: Record<string, unknown> }).settings;
}

test("HttpOnly cookies ask for a domain, which shows its records and is not verified without them", async () => {
  await page.getByRole("switch", { name: "HttpOnly cookies" }).click({ force: true });
  await page.getByLabel("App domain").fill(DOMAIN);
  await page.getByRole("button", { name: "Add domain" }).click();
  await page.getByText("Waiting for DNS").waitFor();
  await page.getByRole("button", { name: "Refresh" }).click();
  await page.getByText(`There is no CNAME at privy.${DOMAIN}`).first().waitFor();
  expect(await page.getByText("Waiting for DNS").count()).toBe(1);
});

test("with the copied records set, Refresh verifies it at once", async () => {
  for (const [type, of] of [
    ["CNAME", `privy.${DOMAIN}`],
    ["TXT", `_latchkey.${DOMAIN}`],
  ] as const) {
    const { name, value } = await copied(type, of);
    expect(name).toBe(of);
    dns.set({ type, name, data: value, ttl: 1 });
  }
  await page.getByRole("button", { name: "Refresh" }).click();
  await page.getByText("Verified", { exact: true }).waitFor();
  await page.getByText("as it should be").first().waitFor();
});

test("SameSite is set to Lax under its warning, and stays after a reload", async () => {
  await page.getByText(/Only safe where nothing is changed by a GET request/).waitFor();
  await page.getByRole("switch", { name: "Set SameSite to Lax" }).click({ force: true });
  await expect.poll(settings).toMatchObject({ httpOnlyCookies: true, sameSite: "lax" });
  await page.reload();
  await expect
    .poll(() => page.getByRole("switch", { name: "Set SameSite to Lax" }).isChecked())
    .toBe(true);
});

test("a client of the app goes without cookies", async () => {
  await page.getByRole("tab", { name: "Clients" }).click();
  await page.getByRole("button", { name: "Add client" }).click();
  await page.getByLabel("Name").fill("Mobile app");
  await page.getByRole("button", { name: "Add", exact: true }).click();
  await page.getByRole("combobox", { name: "HttpOnly cookies" }).click();
  await page.getByRole("option", { name: "Disabled" }).click();
  await page.getByRole("dialog").getByRole("button", { name: "Save" }).click();
  await page.getByRole("cell", { name: "disabled" }).waitFor();
});

test("a record that went away is told with what to set", async () => {
  dns.remove(`privy.${DOMAIN}`, "CNAME");
  await page.getByRole("tab", { name: "Domains" }).click();
  await expect
    .poll(
      async () => {
        await page.getByRole("button", { name: "Refresh" }).click();
        return page.getByText(`There is no CNAME at privy.${DOMAIN}`).count();
      },
      { timeout: 20_000, interval: 1500 },
    )
    .toBeGreaterThan(0);
});

test("a name that looks like a sandbox waits for an owner, who refuses it with a reason that its app reads", async () => {
  appId = await createProductionApp(page, "Preview");
  await page.getByRole("switch", { name: "HttpOnly cookies" }).click({ force: true });
  await page.getByLabel("App domain").fill("shop.vercel.app");
  await page.getByRole("button", { name: "Add domain" }).click();
  await page.getByText("An operator of this deployment decides").waitFor();
  await page.getByRole("link", { name: "Domain approvals" }).click();
  const queue = page.getByRole("table", { name: "Waiting for a decision" });
  await queue.getByRole("button", { name: "Refuse" }).click();
  const reason = "Use a domain of your own: names under vercel.app are anybody's.";
  await page.getByLabel("Reason").fill(reason);
  await page.getByRole("dialog").getByRole("button", { name: "Refuse" }).click();
  await page.getByText("Nothing waits").waitFor();
  await page.getByRole("link", { name: "shop.vercel.app" }).click();
  await page.getByText(reason).waitFor();
  const log = await page.request.get(`${server.url}/admin/v1/audit-log?action=refuseDomain`);
  expect(JSON.stringify(await log.json())).toContain(reason);
});
