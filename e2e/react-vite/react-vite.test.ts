/** The React example as its reader runs it: on an origin of its own, another than the server's. */
import { rmSync } from "node:fs";
import { join } from "node:path";
import type { Browser, Page } from "playwright-core";
import { afterAll, beforeAll, expect, test } from "vitest";
import { newAddress } from "../support/addresses.ts";
import { complaintsOf, launchChromium } from "../support/chromium.ts";
import { type DevServer, startDevServer } from "../support/dev-server.ts";
import { root } from "../support/server-process.ts";
import { type StaticSite, serveSite } from "../support/static-site.ts";
import { viteBuild } from "../support/vite-build.ts";

const example = join(root, "examples/react-vite");

let server: DevServer;
let browser: Browser;
let built: string;
let site: StaticSite;

beforeAll(async () => {
  [server, browser] = await Promise.all([startDevServer(), launchChromium()]);
  built = await viteBuild(example, {
    VITE_LATCHKEY_URL: server.url,
    VITE_LATCHKEY_APP_ID: server.credentials.app_id,
  });
  site = await serveSite(built);
});
afterAll(async () => {
  await site.close();
  rmSync(built, { recursive: true, force: true });
  await browser.close();
  await server.stop();
});

async function signIn(page: Page, address: string): Promise<void> {
  await page.getByTestId("sign-in-email").fill(address);
  await page.keyboard.press("Enter");
  await page.getByTestId("sign-in-code").fill(await server.mailedCode(address));
  await page.keyboard.press("Enter");
  await page.getByText(`Signed in as ${address}`).waitFor();
}

test("signs in across origins, stays signed in over a reload, and signs out", async () => {
  const context = await browser.newContext();
  const page = await context.newPage();
  const complaints = complaintsOf(page);
  await page.goto(site.url);
  const address = newAddress();
  await signIn(page, address);
  await page.reload();
  await page.getByText(`Signed in as ${address}`).waitFor();
  expect(complaints).toEqual([]);

  await page.getByRole("button", { name: "Load my notes" }).click();
  await page.getByText("Your server answered").waitFor();

  await page.getByRole("button", { name: "Sign out" }).click();
  await page.getByTestId("sign-in-email").waitFor();
  await page.reload();
  await page.getByTestId("sign-in-email").waitFor();
  await context.close();
});

test("sends its own server an access token that verifies", async () => {
  const context = await browser.newContext();
  const page = await context.newPage();
  await page.goto(site.url);
  await signIn(page, newAddress());
  const [request] = await Promise.all([
    page.waitForRequest("**/api/notes"),
    page.getByRole("button", { name: "Load my notes" }).click(),
  ]);
  const { authorization = "" } = request.headers();
  const me = await fetch(`${server.url}/api/v1/users/me`, {
    headers: { authorization, "privy-app-id": server.credentials.app_id },
  });
  expect(me.status).toBe(200);
  await context.close();
});

test("is told what to do when its origin is not allowed", async () => {
  const { id } = await server.createApp({ allowedOrigins: ["https://app.example.com"] });
  const context = await browser.newContext();
  const page = await context.newPage();
  await page.goto(site.url);
  const { status, error } = await page.evaluate(async (url) => {
    const answer = await fetch(url);
    return { status: answer.status, ...((await answer.json()) as { error?: string }) };
  }, `${server.url}/api/v1/apps/${id}`);
  expect(status).toBe(403);
  expect(error).toContain(site.url);
  expect(error).toContain("--add-origin");
  await context.close();
});
