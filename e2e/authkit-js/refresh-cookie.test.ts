/** The same SDK in production: over https, the refresh token in a cookie that no script reads. */
import { randomBytes } from "node:crypto";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as wait } from "node:timers/promises";
import { decodeJwt } from "jose";
import type { Browser } from "playwright-core";
import { afterAll, beforeAll, expect, test } from "vitest";
import { launchChromium } from "../support/chromium.ts";
import { createApp } from "../support/created-app.ts";
import { type HttpsFront, openHttpsFront } from "../support/https-front.ts";
import {
  latchkey,
  latchkeyCommand,
  type ServerProcess,
  serverProcess,
} from "../support/server-process.ts";
import { currentUser, type Spa, serveSpa, withClient } from "./spa.ts";

const TTL = 2;
const APP = "https://app.example.test";
const folder = mkdtempSync(join(tmpdir(), "latchkey-e2e-"));
const env = {
  LATCHKEY_DATABASE_URL: `sqlite:${join(folder, "latchkey.db")}`,
  LATCHKEY_MASTER_KEY: randomBytes(48).toString("base64"),
  LATCHKEY_PUBLIC_URL: "https://auth.example.test",
  LATCHKEY_SMTP_URL: "smtp://localhost:9",
  LATCHKEY_MAIL_FROM: "sign-in@example.test",
  LATCHKEY_TRUSTED_PROXIES: "127.0.0.1",
  LATCHKEY_ACCESS_TOKEN_TTL: String(TTL),
};

let server: ServerProcess;
let front: HttpsFront;
let browser: Browser;
let spa: Spa;
let clientId: string;
/** The app's test account, as no mail goes out. */
let account: { email: string; code: string };

beforeAll(async () => {
  server = await serverProcess({ env, command: latchkeyCommand("start") });
  front = await openHttpsFront("example.test");
  [browser] = await Promise.all([launchChromium(front.chromiumArgs), server.start()]);
  const app = await createApp(env, {
    publicClients: true,
    allowedOrigins: [APP],
    redirectUris: [APP],
    logoutUris: [`${APP}/bye`],
  });
  clientId = app.clientId;
  const printed = await latchkey(env, ["apps", "test-account", app.id]);
  const [, email = "", code = ""] = /E-mail +(\S+)\s+Code +(\S+)/.exec(printed) ?? [];
  account = { email, code };
  spa = await serveSpa(clientId, { apiHostname: "auth.example.test", refreshBufferInterval: 0 });
  front.serve("auth.example.test", server.url);
  front.serve("app.example.test", spa.url);
});
afterAll(async () => {
  await browser?.close();
  await front?.close();
  await spa?.close();
  await server?.end();
  rmSync(folder, { recursive: true, force: true });
});

test("signs in, reloads, refreshes and signs out with a refresh token that no script sees", async () => {
  const context = await browser.newContext();
  const page = await context.newPage();
  await page.goto(APP);
  expect(await currentUser(page)).toBeNull();
  await withClient(page, (client) => client.signIn());
  await page.locator("input[name=email]").fill(account.email);
  await page.keyboard.press("Enter");
  await page.locator("input[name=code]").fill(account.code);
  await page.keyboard.press("Enter");
  await page.waitForURL(`${APP}/`);
  expect(await currentUser(page)).toBe(account.email);

  const jar = await context.cookies("https://auth.example.test");
  expect(jar.find(({ name }) => name === `__Host-latchkey-refresh-${clientId}`)).toMatchObject({
    ...{ value: expect.stringMatching(/^lk1\./), httpOnly: true, secure: true, sameSite: "None" },
  });
  const seen = await page.evaluate(() => JSON.stringify([document.cookie, { ...localStorage }]));
  expect(seen).toContain(`workos-has-session=${clientId}`);
  expect(seen).not.toContain("lk1.");

  const claims = async () => decodeJwt(await withClient(page, (client) => client.getAccessToken()));
  const first = await claims();
  await page.reload();
  expect(await currentUser(page)).toBe(account.email);
  await wait(TTL * 1_000 + 500);
  const later = await claims();
  expect(later.sid).toBe(first.sid);
  expect(later.jti).not.toBe(first.jti);

  await withClient(page, (client) => client.signOut({ returnTo: `${location.origin}/bye` }));
  await page.waitForURL(`${APP}/bye`);
  expect(await currentUser(page)).toBeNull();
  await page.reload();
  expect(await currentUser(page)).toBeNull();
  await context.close();
});
