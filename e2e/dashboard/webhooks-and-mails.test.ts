/**
 * What an app tells others: webhooks to a real receiver that fails first, verified by the vendors' own
 * code, and mails in the app's own words.
 */
import { mkdirSync } from "node:fs";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { PrivyClient } from "@privy-io/node";
import type { Browser, Page } from "playwright-core";
import { Webhook } from "svix";
import { afterAll, beforeAll, expect, test } from "vitest";
import { newAddress } from "../support/addresses.ts";
import { seriousFindings } from "../support/axe.ts";
import { complaintsOf, launchChromium } from "../support/chromium.ts";
import { type DevServer, startDevServer } from "../support/dev-server.ts";
import { eventually } from "../support/eventually.ts";
import { root } from "../support/server-process.ts";
import { openAsAdmin } from "./admin-page.ts";

const folder = join(root, "e2e/screenshots");
/** The page's own policy keeps a checker's script out. */
const CHECKED = { bypassCSP: true };

let server: DevServer;
let browser: Browser;
let receiver: Server;
let hook: string;
const received: { headers: Record<string, string>; body: string }[] = [];
/** Of the next answers, in turn; then 204. */
const statuses: number[] = [];

beforeAll(async () => {
  mkdirSync(folder, { recursive: true });
  receiver = createServer(async (request, response) => {
    let body = "";
    for await (const part of request) body += part;
    received.push({ headers: request.headers as Record<string, string>, body });
    const status = statuses.shift() ?? 204;
    response.writeHead(status).end(status >= 500 ? "the database is down" : "");
  });
  await new Promise<void>((done) => receiver.listen(0, "127.0.0.1", done));
  hook = `http://127.0.0.1:${(receiver.address() as AddressInfo).port}/hooks/latchkey`;
  [server, browser] = await Promise.all([startDevServer(), launchChromium()]);
});
afterAll(async () => {
  receiver?.close();
  await browser?.close();
  await server?.stop();
});

/** A user who signs in as an app's page would. */
async function signIn(email: string): Promise<void> {
  const headers = {
    "content-type": "application/json",
    "privy-app-id": server.credentials.app_id,
    origin: "http://localhost:3000",
  };
  const post = async (path: string, body: object) => {
    const url = `${server.url}/api/v1/passwordless/${path}`;
    const answer = await fetch(url, { method: "POST", headers, body: JSON.stringify(body) });
    expect(answer.status).toBe(200);
  };
  await post("init", { email });
  await post("authenticate", { email, code: await server.mailedCode(email) });
}

const ofType = (type: string) =>
  eventually(async () => {
    const found = received.filter(({ body }) => JSON.parse(body).type === type);
    if (found.length === 0) throw new Error(`no ${type} came`);
    return found;
  }, 15_000);

async function take(page: Page, name: string): Promise<void> {
  await page.waitForLoadState("networkidle");
  for (const [look, colorScheme, width] of [
    ["light", "light", 1280],
    ["dark", "dark", 1280],
    ["phone", "light", 360],
  ] as const) {
    await page.emulateMedia({ colorScheme });
    await page.setViewportSize({ width, height: 800 });
    await page.waitForFunction(() =>
      document.getAnimations().every(({ playState }) => playState !== "running"),
    );
    const path = join(folder, `dashboard-${name}-${look}.png`);
    await page.screenshot({ path, fullPage: true });
    const wide = await page.evaluate(() => document.documentElement.scrollWidth);
    expect(wide, `${name} is wider than its window`).toBeLessThanOrEqual(width);
    expect(await seriousFindings(page), `${name} ${look}`).toEqual([]);
  }
  await page.emulateMedia({ colorScheme: "light" });
  await page.setViewportSize({ width: 1280, height: 800 });
}

test("an endpoint is added, fails, is tried again, and what came is verified by svix and by Privy's SDK", async () => {
  const page = await openAsAdmin(browser, server, newAddress(), CHECKED);
  const complaints = complaintsOf(page);
  const { app_id: appId, app_secret: appSecret } = server.credentials;
  await page.goto(`${server.url}/dashboard/apps/${appId}/webhooks`);
  await page.getByText("Nobody is told yet").waitFor();
  await page.getByRole("button", { name: "Add endpoint" }).click();
  await page.getByLabel("Address").fill("http://hooks.example.com/");
  await page.getByRole("button", { name: "Add", exact: true }).click();
  await page.getByText("The address must begin with https://").waitFor();
  await page.getByLabel("Address").fill(hook);
  await page.getByLabel("Description").fill("the welcome mail");
  await page.getByRole("button", { name: "Add", exact: true }).click();
  await page.getByText("Copy the signing secret now").waitFor();
  const secret = (await page.locator("code", { hasText: "whsec_" }).textContent()) ?? "";
  await page.getByRole("link", { name: "I have copied it" }).click();

  statuses.push(500);
  await page.getByRole("button", { name: "Send a test event" }).click();
  await page.getByText("answered 500").waitFor();
  // The second attempt comes after about five seconds.
  await page.getByRole("link", { name: "webhook.test" }).click();
  await page.getByText("Answered 204", { exact: true }).waitFor({ timeout: 15_000 });
  await page.getByText("the database is down").waitFor();
  await take(page, "webhook-delivery");
  const tests = await ofType("webhook.test");
  expect(tests).toHaveLength(2);
  expect(tests[0]?.headers["svix-id"]).toBe(tests[1]?.headers["svix-id"]);

  const email = newAddress();
  await signIn(email);
  const privy = new PrivyClient({ appId, appSecret, webhookSigningSecret: secret });
  const [{ headers, body }] = (await ofType("user.created")) as [(typeof received)[number]];
  expect(() => new Webhook(secret).verify(body, headers)).not.toThrow();
  const event = privy.webhooks().verify({ payload: body, headers: headers as never });
  if (event.type !== "user.created") throw new TypeError(event.type);
  expect(event.user.linked_accounts).toMatchObject([{ type: "email", address: email }]);
  const [authenticated] = await ofType("user.authenticated");
  const payload = authenticated?.body ?? "";
  const signedIn = privy.webhooks().verify({
    payload,
    headers: authenticated?.headers as never,
  });
  expect(signedIn).toMatchObject({ user: { id: event.user.id }, account: { address: email } });

  await page.getByRole("link", { name: "Back to the endpoint" }).click();
  await page.getByRole("link", { name: "session.created" }).waitFor();
  await take(page, "webhook-log");

  // Sent again, the receiver says that it is gone: the endpoint goes off, and says why.
  statuses.push(410);
  await page.getByRole("link", { name: "user.created" }).click();
  await page.getByRole("button", { name: "Send again" }).click();
  await page.getByText("Answered 410", { exact: true }).waitFor();
  await page.getByRole("link", { name: "Back to the endpoint" }).click();
  await page.getByText("It answered 410 Gone").waitFor();
  await take(page, "webhook-off");
  await page.getByRole("button", { name: "Turn on" }).click();
  await page.getByText("It answered 410 Gone").waitFor({ state: "detached" });
  await page.getByRole("button", { name: "Resend failed" }).click();
  await page.getByRole("button", { name: "Resend", exact: true }).click();
  await page.getByText("1 on their way again.").waitFor();
  await page.getByRole("button", { name: "Close" }).click();

  await page.getByRole("button", { name: "Rotate secret" }).click();
  await page.getByRole("button", { name: "Make a new one" }).click();
  await page.getByText("It is shown this once.").waitFor();
  await page.goto(`${server.url}/dashboard/apps/${appId}/webhooks`);
  await page.getByText("the welcome mail").waitFor();
  // The browser itself reports the address that was refused beside its field.
  expect(complaints.filter((each) => !each.includes("status of 400"))).toEqual([]);
  await page.context().close();
}, 60_000);

test("a mail gets the app's own words, seen in a preview that runs nothing, and its user gets them", async () => {
  const admin = newAddress();
  const page = await openAsAdmin(browser, server, admin, CHECKED);
  const complaints = complaintsOf(page);
  const { app_id: appId } = server.credentials;
  await page.goto(`${server.url}/dashboard/apps/${appId}/mails`);
  const preview = page.frameLocator("iframe[title='The mail']");
  // Asked anew each time: the frame is replaced as the words change, and a wait inside of it may be lost.
  const previewed = (text: string) =>
    expect
      .poll(() => preview.locator("body").innerText({ timeout: 2000 }).catch(String), {
        timeout: 20_000,
      })
      .toContain(text);
  await previewed("123 456");
  await take(page, "mails");
  await page.getByLabel("Subject").fill("{{code}} for you");
  await page.getByText(/subject: It must not show {{code}}/).waitFor();
  await page.getByRole("button", { name: "Save" }).click();
  await page
    .getByText(/locked screens/)
    .nth(1)
    .waitFor();
  await page.getByLabel("Subject").fill("A code for {{app_name}}");
  await page.getByRole("textbox", { name: "Text" }).fill("Hello from <b>Zoë</b>\n\n{{code}}");
  await previewed("Hello from <b>Zoë</b>");
  await page.getByRole("switch", { name: "HTML of your own" }).click({ force: true });
  await page
    .getByRole("textbox", { name: "HTML" })
    .fill('<p style="color:#0a6">Mine: <b>{{code}}</b></p>');
  await previewed("Mine: 123456");
  await page.getByRole("button", { name: "Save" }).click();
  await page.getByRole("button", { name: "Use the usual words" }).waitFor();
  await take(page, "mails-own");
  await page.getByRole("button", { name: "Send me a test" }).click();
  await page.getByText(`On its way to ${admin}`).waitFor();
  const [test] = await eventually(async () => {
    const mails = await server.mails(admin);
    if (mails.length === 0) throw new Error("no test came");
    return mails;
  });
  expect(test).toMatchObject({ subject: "[Test] A code for Latchkey demo" });

  // The server knows the app's words by now, or within five seconds.
  await eventually(async () => {
    const email = newAddress();
    await signIn(email);
    expect((await server.mails(email))[0]?.subject).toBe("A code for Latchkey demo");
  });
  await page.getByRole("button", { name: "Use the usual words" }).click();
  await page.getByRole("button", { name: "Use them" }).click();
  await previewed("It is good for ten minutes");
  expect(complaints.filter((each) => !each.includes("status of 400"))).toEqual([]);
  await page.context().close();
}, 60_000);
