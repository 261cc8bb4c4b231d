import type { Browser, BrowserContextOptions, Page } from "playwright-core";

/** A page of somebody who came by a one-time link and manages the deployment now. */
export async function openAsAdmin(
  browser: Browser,
  server: { readonly url: string },
  email: string,
  options: BrowserContextOptions = {},
): Promise<Page> {
  const context = await browser.newContext(options);
  const page = await context.newPage();
  const answer = await fetch(`${server.url}/dev/admin`);
  const { url } = (await answer.json()) as { url: string };
  await page.goto(url);
  await page.getByLabel("E-mail address").fill(email);
  await page.getByRole("button", { name: "Enter the dashboard" }).click();
  await page.getByRole("heading", { name: "Apps" }).waitFor();
  return page;
}

/** Makes a production app and answers its id. */
export async function createProductionApp(page: Page, name: string): Promise<string> {
  await page.getByRole("link", { name: "Apps", exact: true }).click();
  await page.getByRole("button", { name: "Create app" }).click();
  await page.getByLabel("Name").fill(name);
  await page.getByRole("button", { name: "Create", exact: true }).click();
  await page.getByText("Copy the secrets now").waitFor();
  await page.getByRole("link", { name: /I have copied them/ }).click();
  await page.waitForURL(/\/settings\/domains$/);
  return /\/apps\/(c[a-z0-9]{24})\//.exec(page.url())?.[1] ?? "";
}
