/** Pictures of the hosted pages, in e2e/screenshots, for whoever changes them to look at. What can be checked is. */
import { mkdirSync } from "node:fs";
import { join } from "node:path";
import type { Browser, Page } from "playwright-core";
import { afterAll, beforeAll, expect, test } from "vitest";
import { launchChromium } from "../support/chromium.ts";
import { type DevServer, startDevServer } from "../support/dev-server.ts";
import { root } from "../support/server-process.ts";
import { type AppSite, openAppSite } from "./app-site.ts";

const folder = join(root, "e2e/screenshots");

let server: DevServer;
let browser: Browser;
let plain: AppSite;
let branded: AppSite;

beforeAll(async () => {
  mkdirSync(folder, { recursive: true });
  [server, browser] = await Promise.all([startDevServer(), launchChromium()]);
  const { app_id } = server.credentials;
  await server.latchkey("apps", "update", app_id, "--set", "organizationSelection=true");
  plain = await openAppSite(server);
  branded = await openAppSite(server, {
    name: "Bäckerei Sonnenschein & Töchter, Internationale Handelsgesellschaft",
    settings: {
      passwordAuth: true,
      accentColor: "#ffd400",
      logoUrl: `${plain.url}/logo.svg`,
      termsUrl: "https://app.example.com/terms",
      privacyUrl: "https://app.example.com/privacy",
    },
  });
});
afterAll(async () => {
  await browser?.close();
  await Promise.all([plain?.close(), branded?.close()]);
  await server?.stop();
});

const PHONE = { width: 360, height: 740 };
const DESK = { width: 1280, height: 800 };

test.each([
  ["phone", { colorScheme: "light", viewport: PHONE }],
  ["phone-dark", { colorScheme: "dark", viewport: PHONE }],
  ["light", { colorScheme: "light", viewport: DESK }],
  ["dark", { colorScheme: "dark", viewport: DESK }],
] as const)("the hosted pages fit their window and can be touched: %s", async (name, options) => {
  const context = await browser.newContext({ ...options, javaScriptEnabled: true });
  const page = await context.newPage();
  const take = async (what: string) => {
    await page.screenshot({ path: join(folder, `login-${what}-${name}.png`), fullPage: true });
    const { wide, room, small } = await measure(page);
    expect(wide, `${what} is wider than its window`).toBeLessThanOrEqual(room);
    // WCAG 2.2 2.5.8 asks for 24 by 24 CSS pixels.
    expect(small, `${what} has targets that are hard to hit`).toEqual([]);
  };
  for (const [app, label] of [
    [plain, "plain"],
    [branded, "branded"],
  ] as const) {
    const address = `ada.lovelace.${label}.${name}@a-rather-long-domain-name.example.com`;
    await page.goto(app.authorizeUrl());
    await take(`${label}-1-email`);
    await page.locator("input[name=email]").fill("ada@");
    await page.keyboard.press("Enter");
    await page.getByRole("alert").waitFor();
    await take(`${label}-2-email-error`);
    await page.locator("input[name=email]").fill(address);
    await page.keyboard.press("Enter");
    await page.locator("input[name=code]").fill("000000");
    await take(`${label}-3-code`);
    await page.keyboard.press("Enter");
    await page.getByRole("alert").waitFor();
    await take(`${label}-4-wrong-code`);
    for (let count = 0; count < 5; count++) {
      await page.getByRole("button", { name: "Send a new code" }).click();
    }
    await page.getByText("That was too often").waitFor();
    await take(`${label}-5-too-often`);
  }
  await page.goto(plain.authorizeUrl({ screen_hint: "sign-up" }));
  await take("6-sign-up");
  await page.goto(
    plain.authorizeUrl({ redirect_uri: "https://evil.example/a-rather-long-path/callback" }),
  );
  await take("7-not-registered");
  await page.goto(branded.authorizeUrl());
  await page.getByRole("link", { name: "Use a password instead" }).click();
  await take("9-password");
  await page.getByRole("link", { name: "Forgot your password?" }).click();
  await page.locator("input[name=email]").fill("ada@example.com");
  await page.locator("input[name=password]").fill("password123");
  await page.keyboard.press("Enter");
  await page.getByRole("alert").waitFor();
  await take("10-new-password-refused");
  await page.goto(await mailedLink("invitations", { email: "ada@example.com" }));
  await take("11-invitation");
  await post("users", { email: "grace@example.com" });
  await page.goto(await mailedLink("password_reset", { email: "grace@example.com" }));
  await take("12-password-reset");
  await page.locator("input[name=password]").fill("password123");
  await page.keyboard.press("Enter");
  await page.getByRole("alert").waitFor();
  await take("13-password-reset-refused");
  await page.goto(`${server.url.replace("127.0.0.1", "localhost")}/login/device`);
  await take("14-device");
  await page.locator("input[name=user_code]").fill("bbbb bbbb");
  await page.keyboard.press("Enter");
  await page.getByRole("alert").waitFor();
  await take("15-device-wrong-code");
  await page.locator("input[name=user_code]").fill(await newUserCode());
  await page.keyboard.press("Enter");
  const email = `device.${name}@example.com`;
  await page.locator("input[name=email]").fill(email);
  await page.keyboard.press("Enter");
  await page.locator("input[name=code]").fill(await server.mailedCode(email));
  await page.keyboard.press("Enter");
  await page.getByRole("button", { name: "It is my device" }).waitFor();
  await take("16-device-decision");
  await page.getByRole("button", { name: "It is my device" }).click();
  await page.getByText("Your device is signed in").waitFor();
  await take("17-device-done");
  await joinSeveral(email);
  const asked = { redirect_uri: `${plain.url}/callback`, response_type: "code" };
  const query = new URLSearchParams({ client_id: server.credentials.client_id, ...asked });
  await page.goto(
    `${server.url.replace("127.0.0.1", "localhost")}/user_management/authorize?${query}`,
  );
  await take("18-organization");
  // Browsers hold the form's whole way to the page's policy.
  await page.getByRole("button", { name: "Analytical Engines Ltd" }).click();
  await page.waitForURL(`${plain.url}/**`);
  await page.goto(`${server.url}/user_management/sessions/logout`);
  await take("8-signed-out");
  await context.close();
});

/** Asks as the seeded app's server does; 422 of a user who is there already is fine. */
async function post(path: string, body: object): Promise<Record<string, string>> {
  const answer = await fetch(`${server.url}/user_management/${path}`, {
    method: "POST",
    headers: {
      authorization: `Bearer ${server.credentials.api_key}`,
      "content-type": "application/json",
      // What the page shows of a device.
      "user-agent": "Mozilla/5.0 (SMART-TV; Linux; Tizen 7.0) AppleWebKit/537.36 Television/7.0",
    },
    body: JSON.stringify(body),
  });
  return (await answer.json()) as Record<string, string>;
}

/** Where the mail that this asks for leads. */
async function mailedLink(path: string, body: { email: string }): Promise<string> {
  if (path === "invitations") {
    const { id: organization_id } = await post("../organizations", {
      name: "Bäckerei Sonnenschein & Töchter",
    });
    const made = await post(path, { ...body, organization_id });
    return made.accept_invitation_url ?? "";
  }
  return (await post(path, body)).password_reset_url ?? "";
}

/** Of the seeded app, which asks for a choice. */
async function joinSeveral(email: string): Promise<void> {
  const user_id = (await post("users", { email })).id ?? (await userId(email));
  for (const name of ["Analytical Engines Ltd", "Bäckerei Sonnenschein & Töchter"]) {
    const { id: organization_id } = await post("../organizations", { name });
    await post("organization_memberships", { user_id, organization_id });
  }
}

async function userId(email: string): Promise<string> {
  const answer = await fetch(`${server.url}/user_management/users?email=${email}`, {
    headers: { authorization: `Bearer ${server.credentials.api_key}` },
  });
  return ((await answer.json()) as { data: { id: string }[] }).data[0]?.id ?? "";
}

async function newUserCode(): Promise<string> {
  const { client_id } = server.credentials;
  return (await post("authorize/device", { client_id })).user_code ?? "";
}

/** What a picture does not tell. */
function measure(page: Page) {
  return page.evaluate(() => {
    const { scrollWidth, clientWidth } = document.documentElement;
    const small = [...document.querySelectorAll("a, button, input:not([type=hidden])")]
      .map((element) => ({ words: element.textContent, box: element.getBoundingClientRect() }))
      .filter(({ box }) => box.width < 24 || box.height < 24)
      .map(({ words, box }) => `${words} ${box.width}x${box.height}`);
    return { wide: scrollWidth, room: clientWidth, small };
  });
}
