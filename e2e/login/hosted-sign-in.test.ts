/** The hosted pages in Chromium, as people meet them; scripts are off unless a test says so. */
import type { Browser, BrowserContextOptions, Page } from "playwright-core";
import { afterAll, beforeAll, expect, test } from "vitest";
import { newAddress } from "../support/addresses.ts";
import { complaintsOf, launchChromium } from "../support/chromium.ts";
import { type DevServer, startDevServer } from "../support/dev-server.ts";
import { type AppSite, openAppSite } from "./app-site.ts";

let server: DevServer;
let browser: Browser;
let notes: AppSite;

beforeAll(async () => {
  [server, browser] = await Promise.all([startDevServer(), launchChromium()]);
  notes = await openAppSite(server);
});
afterAll(async () => {
  await browser?.close();
  await notes?.close();
  await server?.stop();
});

async function withPage(
  work: (page: Page) => Promise<void>,
  options: BrowserContextOptions = { javaScriptEnabled: false },
): Promise<void> {
  const context = await browser.newContext(options);
  const page = await context.newPage();
  const complaints = complaintsOf(page);
  await work(page);
  // Refused forms are answered with a 4xx page, which Chromium notes.
  expect(complaints.filter((text) => !/status of 4\d\d/.test(text))).toEqual([]);
  await context.close();
}

async function submit(page: Page, field: "email" | "code", value: string): Promise<void> {
  await page.locator(`input[name=${field}]`).fill(value);
  await page.keyboard.press("Enter");
}

async function signIn(page: Page, address: string): Promise<void> {
  await submit(page, "email", address);
  await page.locator("input[name=code]").waitFor();
  await submit(page, "code", await server.mailedCode(address));
}

test.each([
  ["without scripts", { javaScriptEnabled: false }],
  ["with scripts", {}],
])("an e-mailed code signs in, through the app's own further redirect: %s", (_name, options) =>
  withPage(async (page) => {
    const address = newAddress();
    await page.goto(notes.authorizeUrl());
    expect(await page.title()).toBe("Sign in to Notes");
    await signIn(page, address);
    await page.waitForURL(`${notes.url}/home?error=`);
    expect((await notes.session()).email).toBe(address);
  }, options),
);

test("the app that development starts with signs in from any port, and the browser has no complaint", () =>
  withPage(async (page) => {
    const { client_id } = server.credentials;
    await page.goto(notes.authorizeUrl({ client_id }));
    await signIn(page, newAddress());
    await page.waitForURL(`${notes.url}/home?error=`);
  }));

test("signing up has its own words, and the first field has the focus", () =>
  withPage(async (page) => {
    const address = newAddress();
    await page.goto(notes.authorizeUrl({ screen_hint: "sign-up" }));
    await page.getByRole("heading", { name: "Create your Notes account" }).waitFor();
    expect(await page.locator("input:focus").getAttribute("name")).toBe("email");
    await page.keyboard.type(address);
    await page.getByRole("button", { name: "Continue" }).click();
    await page.getByRole("button", { name: "Create account" }).waitFor();
    await submit(page, "code", await server.mailedCode(address));
    await page.waitForURL(`${notes.url}/home?error=`);
    expect((await notes.session()).email).toBe(address);
  }));

test("a wrong code is said beside the focused field; a new one can be asked for", () =>
  withPage(async (page) => {
    const address = newAddress();
    await page.goto(notes.authorizeUrl());
    await submit(page, "email", address);
    const code = await server.mailedCode(address);
    await submit(page, "code", code === "111111" ? "222222" : "111111");
    const error = page.getByRole("alert");
    await error.waitFor();
    expect(await error.textContent()).toContain("That code is wrong");
    const focused = page.locator("input:focus");
    expect(await focused.getAttribute("aria-describedby")).toBe(await error.getAttribute("id"));
    await page.getByRole("button", { name: "Send a new code" }).click();
    await page.getByRole("status").waitFor();
    await submit(page, "code", await server.mailedCode(address, 2));
    await page.waitForURL(`${notes.url}/home?error=`);
  }));

test("a password is chosen at sign-up, signs in, and is replaced when it is forgotten", async () => {
  const vault = await openAppSite(server, { name: "Vault", settings: { passwordAuth: true } });
  const address = newAddress();
  const typeBoth = async (page: Page, password: string) => {
    await page.locator("input[name=email]").fill(address);
    await page.locator("input[name=password]").fill(password);
    await page.keyboard.press("Enter");
  };
  await withPage(async (page) => {
    await page.goto(vault.authorizeUrl({ screen_hint: "sign-up" }));
    await page.getByRole("link", { name: "Choose a password" }).click();
    await typeBoth(page, "password123");
    expect(await page.getByRole("alert").textContent()).toContain("attackers try");
    expect(await page.locator("input:focus").getAttribute("name")).toBe("password");
    await page.keyboard.type("vier blaue Kutschen");
    await page.keyboard.press("Enter");
    await submit(page, "code", await server.mailedCode(address));
    await page.waitForURL(`${vault.url}/home?error=`);
  });
  await withPage(async (page) => {
    await page.goto(vault.authorizeUrl());
    await page.getByRole("link", { name: "Use a password instead" }).click();
    await typeBoth(page, "vier blaue Kutschen");
    await page.waitForURL(`${vault.url}/home?error=`);
    expect((await vault.session()).email).toBe(address);
    await page.goto(vault.authorizeUrl({ prompt: "login" }));
    await page.getByRole("link", { name: "Use a password instead" }).click();
    await page.getByRole("link", { name: "Forgot your password?" }).click();
    await typeBoth(page, "neun rote Bäume");
    await page.locator("input[name=code]").waitFor();
    // The newest mail is the code's: the one before said that a password was set.
    await submit(page, "code", await server.mailedCode(address, 3));
    await page.waitForURL(`${vault.url}/home?error=`);
  });
  await vault.close();
});

test("the back button and a reload never send a form again by themselves", () =>
  withPage(async (page) => {
    const address = newAddress();
    await page.goto(notes.authorizeUrl());
    await submit(page, "email", address);
    await page.locator("input[name=code]").waitFor();
    await page.reload();
    await page.goBack();
    await page.locator("input[name=email]").waitFor();
    await page.goForward();
    await page.locator("input[name=code]").waitFor();
    expect(await server.mails(address)).toHaveLength(1);
  }));

test("two apps share one sign-in; signing out of one asks again in both", () =>
  withPage(async (page) => {
    const tasks = await openAppSite(server, { name: "Tasks" });
    const address = newAddress();
    await page.goto(notes.authorizeUrl());
    await signIn(page, address);
    await page.waitForURL(`${notes.url}/home?error=`);
    await page.goto(tasks.authorizeUrl());
    await page.waitForURL(`${tasks.url}/home?error=`);
    const { id, email } = await tasks.session();
    expect(email).toBe(address);
    const query = new URLSearchParams({ session_id: id, return_to: `${tasks.url}/bye` });
    await page.goto(`${server.url}/user_management/sessions/logout?${query}`);
    expect(page.url()).toBe(`${tasks.url}/bye`);
    // What is left signs nobody in: it only says that this browser did so before.
    const left = await page.context().cookies(server.url);
    expect(left.filter(({ name }) => !name.startsWith("latchkey-device-"))).toEqual([]);
    for (const app of [notes, tasks]) {
      await page.goto(app.authorizeUrl());
      await page.getByRole("heading", { name: `Sign in to ${app.name}` }).waitFor();
    }
    await tasks.close();
  }));

test("a link that was begun in another browser signs nobody in here (ASVS 10.1.2)", async () => {
  const context = await browser.newContext();
  const attacker = await context.newPage();
  await attacker.goto(notes.authorizeUrl());
  const link = attacker.url();
  await withPage(async (page) => {
    await page.goto(notes.authorizeUrl());
    await page.goto(link);
    await page.getByText("This sign-in was begun elsewhere").waitFor();
    await page.getByRole("link", { name: "Back to Notes" }).click();
    await page.waitForURL(`${notes.url}/`);
  });
  await context.close();
});
