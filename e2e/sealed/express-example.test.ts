/** examples/express as its README starts it, in Chromium with scripts off. */
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import type { Browser, Page } from "playwright-core";
import { afterAll, beforeAll, expect, test } from "vitest";
import { newAddress } from "../support/addresses.ts";
import { complaintsOf, launchChromium } from "../support/chromium.ts";
import { type DevServer, startDevServer } from "../support/dev-server.ts";
import { eventually } from "../support/eventually.ts";
import { freePort } from "../support/free-port.ts";
import { root } from "../support/server-process.ts";

const TTL = 3;
let server: DevServer;
let browser: Browser;
let example: ChildProcess;
let url = "";

beforeAll(async () => {
  [server, browser] = await Promise.all([
    startDevServer({ accessTokenTtl: TTL }),
    launchChromium(),
  ]);
  const port = await freePort();
  url = `http://localhost:${port}`;
  example = spawn(process.execPath, ["--conditions=latchkey-source", "src/main.ts"], {
    cwd: join(root, "examples/express"),
    env: {
      ...process.env,
      PORT: String(port),
      LATCHKEY_SERVER_URL: server.url,
      LATCHKEY_CLIENT_ID: server.credentials.client_id,
      LATCHKEY_API_KEY: server.credentials.api_key,
      LATCHKEY_REDIRECT_URI: `${url}/callback`,
      LATCHKEY_COOKIE_PASSWORD: "1:a cookie password of more than 32 characters",
    },
    stdio: "inherit",
  });
  await eventually(async () => {
    const { status } = await fetch(url);
    if (status !== 200) throw new Error(`the example answered ${status}`);
  }, 30_000);
});
afterAll(async () => {
  if (example?.kill("SIGTERM")) await once(example, "exit");
  await browser?.close();
  await server?.stop();
});

async function submit(page: Page, field: string, value: string): Promise<void> {
  await page.locator(`input[name=${field}]`).fill(value);
  await page.keyboard.press("Enter");
}

test("signs in by its link, keeps notes over an expired token, and signs out", async () => {
  const context = await browser.newContext({ javaScriptEnabled: false });
  const page = await context.newPage();
  const complaints = complaintsOf(page);
  const address = newAddress();

  await page.goto(url);
  await page.getByRole("link", { name: "Sign in" }).click();
  await submit(page, "email", address);
  await page.locator("input[name=code]").waitFor();
  await submit(page, "code", await server.mailedCode(address));
  await page.waitForURL(`${url}/notes`);
  await submit(page, "note", "Buy <b>milk</b>");
  await page.getByText("Buy <b>milk</b>").waitFor();

  // The session server is on the same host name here: its cookies come along.
  const sessionCookie = async () =>
    (await context.cookies(url)).find(({ name }) => name === "wos-session");
  const cookie = await sessionCookie();
  expect(cookie).toMatchObject({ httpOnly: true, sameSite: "Lax", path: "/" });
  await page.waitForTimeout(TTL * 1_000 + 300);
  await page.reload();
  expect(await page.title()).toBe(`Notes of ${address}`);
  expect((await sessionCookie())?.value).not.toBe(cookie?.value);

  await page.getByRole("button", { name: "Sign out" }).click();
  await page.getByRole("link", { name: "Sign in" }).waitFor();
  expect(page.url()).toBe(`${url}/`);
  expect(await sessionCookie()).toBeUndefined();
  expect(complaints).toEqual([]);
  await context.close();
});

test("takes no form from another site", async () => {
  for (const path of ["/notes", "/sign-out"]) {
    const answer = await fetch(`${url}${path}`, {
      method: "POST",
      redirect: "manual",
      headers: { "sec-fetch-site": "cross-site" },
    });
    expect(answer.status).toBe(403);
  }
});
