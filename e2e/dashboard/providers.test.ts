/** Adding a provider as an administrator would: wrong at first, told why, put right, switched off. */
import type { Browser, Page } from "playwright-core";
import { afterAll, beforeAll, expect, test } from "vitest";
import { type ProviderProcess, startProvider } from "../oauth/provider-process.ts";
import { seriousFindings } from "../support/axe.ts";
import { launchChromium } from "../support/chromium.ts";
import { type DevServer, startDevServer } from "../support/dev-server.ts";
import { openAsAdmin } from "./admin-page.ts";

let server: DevServer;
let browser: Browser;
let provider: ProviderProcess;
let page: Page;
let home: string;

beforeAll(async () => {
  [server, browser, provider] = await Promise.all([
    startDevServer(),
    launchChromium(),
    startProvider(),
  ]);
  // Its clients are made by registering it with an app; here one that nobody uses.
  const other = await server.createApp({});
  await provider.addTo(other.id, server.latchkey, [server.url]);
  page = await openAsAdmin(browser, server, "owner@example.com", { bypassCSP: true });
  home = `${server.url}/dashboard/apps/${server.credentials.app_id}`;
});
afterAll(async () => {
  await browser?.close();
  await provider?.stop();
  await server?.stop();
});

test("any OpenID Connect provider: what is wrong is said in words until nothing is", async () => {
  await page.goto(`${home}/providers`);
  await page.getByRole("button", { name: "Add a provider" }).click();
  await page.getByRole("menuitem", { name: "Any OpenID Connect provider" }).click();
  await page.getByLabel("Issuer").fill(`${provider.issuer}/.well-known/openid-configuration`);
  await page.getByLabel("Short name").fill("acme");
  await page.getByLabel("Name on the button").fill("Acme");
  await page.getByLabel("Client ID").fill("somebody-else");
  await page.getByRole("button", { name: "Add", exact: true }).click();
  await page.getByText("is the address of the document").first().waitFor();
  await page.getByLabel("Issuer").fill(provider.issuer);
  await page.getByRole("button", { name: "Add", exact: true }).click();

  await page.getByRole("heading", { name: "Acme" }).waitFor();
  await page.getByText(/\/api\/v1\/oauth\/callback\/conn_[a-z0-9]{26}$/).waitFor();
  await page.getByRole("button", { name: "Test it" }).click();
  await page.getByText("does not take this client id").waitFor();
  expect(await seriousFindings(page)).toEqual([]);

  await page.getByLabel("Client ID").fill("latchkey");
  await page.getByRole("button", { name: "Save" }).click();
  await page.getByText("Saved.").waitFor();
  await page.getByRole("button", { name: "Test it" }).click();
  await page.getByText("Nothing is wrong").waitFor();
});

test("its switch takes it off the hosted page, and puts it back", async () => {
  const { app_id, client_id } = server.credentials;
  const offered = async () => {
    const answer = await fetch(`${server.url}/api/v1/apps/${app_id}`);
    return JSON.stringify(await answer.json()).includes("custom:acme");
  };
  expect(await offered()).toBe(true);
  await page.goto(`${home}/providers`);
  const toggle = page.getByRole("switch", { name: "Sign in with Acme" });
  await toggle.click({ force: true });
  await expect.poll(offered, { timeout: 6_000 }).toBe(false);
  const query = new URLSearchParams({
    client_id,
    redirect_uri: "http://localhost:3000/callback",
    response_type: "code",
  });
  const hosted = `${server.url}/user_management/authorize?${query}`;
  const visitor = await (await browser.newContext({ bypassCSP: true })).newPage();
  const button = visitor.getByRole("link", { name: "Continue with Acme" });
  await visitor.goto(hosted);
  expect(await button.count()).toBe(0);
  await toggle.click({ force: true });
  await expect.poll(offered, { timeout: 6_000 }).toBe(true);
  await visitor.goto(hosted);
  await button.waitFor();
  expect(await seriousFindings(visitor)).toEqual([]);
});

test("a secret is typed once and never shown again", async () => {
  await page.goto(`${home}/providers`);
  await page.getByRole("link", { name: "Acme" }).click();
  await page.getByLabel("Client secret").fill("a secret of the provider");
  await page.getByRole("button", { name: "Save" }).click();
  await page.getByText("Saved.").waitFor();
  await page.reload();
  await page.getByText("There is one. Type another to replace it.").waitFor();
  expect(await page.getByLabel("Client secret").inputValue()).toBe("");
  expect(await page.content()).not.toContain("a secret of the provider");
});
