/** The dashboard in Chromium, on a server started as its user starts it. */
import type { Browser } from "playwright-core";
import { afterAll, beforeAll, expect, test } from "vitest";
import { newAddress } from "../support/addresses.ts";
import { complaintsOf, launchChromium } from "../support/chromium.ts";
import { type DevServer, startDevServer } from "../support/dev-server.ts";
import { createProductionApp, openAsAdmin } from "./admin-page.ts";

let server: DevServer;
let browser: Browser;

beforeAll(async () => {
  [server, browser] = await Promise.all([startDevServer(), launchChromium()]);
});
afterAll(async () => {
  await browser?.close();
  await server?.stop();
});

test("the first administrator comes by a link, goes, and comes back by mail to the page that was asked for", async () => {
  const email = newAddress();
  const page = await openAsAdmin(browser, server, email);
  expect(page.url()).toBe(`${server.url}/dashboard/`);
  await page.getByRole("button", { name: email }).click();
  await page.getByRole("menuitem", { name: "Sign out" }).click();
  await page.getByRole("heading", { name: "Sign in" }).waitFor();
  await page.goto(`${server.url}/dashboard/audit-log`);
  await page.getByLabel("E-mail address").fill(email);
  await page.getByRole("button", { name: "Mail me a code" }).click();
  await page.getByLabel("Code").fill(await server.mailedCode(email));
  await page.getByRole("button", { name: "Sign in" }).click();
  await page.getByRole("heading", { name: "Audit log" }).waitFor();
  // The link's secret is nowhere to be read any more.
  expect(await page.evaluate(() => history.length > 0 && location.hash)).toBe("");
  await page.context().close();
});

test("a link works once", async () => {
  const answer = await fetch(`${server.url}/dev/admin`);
  const { url } = (await answer.json()) as { url: string };
  for (const [address, heading] of [
    [newAddress(), "Apps"],
    [newAddress(), "Welcome"],
  ] as const) {
    const page = await (await browser.newContext()).newPage();
    await page.goto(url);
    await page.getByLabel("E-mail address").fill(address);
    await page.getByRole("button", { name: "Enter the dashboard" }).click();
    if (heading === "Welcome") await page.getByText("This link was used").waitFor();
    await page.getByRole("heading", { name: heading }).waitFor();
    await page.context().close();
  }
});

test("settings are saved, refused beside their field, and never overwrite somebody else's change", async () => {
  const page = await openAsAdmin(browser, server, newAddress());
  const complaints = complaintsOf(page);
  await createProductionApp(page, "Bakery");
  const origins = page.getByLabel("Origins whose pages may call");
  await origins.fill("https://*.com");
  await page.getByRole("button", { name: "Save" }).click();
  await page
    .getByText(/"https:\/\/\*\.com"/)
    .first()
    .waitFor();
  await origins.fill("https://app.example.com");
  await page.getByRole("button", { name: "Save" }).click();
  await page.getByText("Saved.").waitFor();

  const other = await page.context().newPage();
  await other.goto(page.url());
  await other.getByLabel("Origins whose pages may call").fill("https://other.example.com");
  await origins.fill("https://mine.example.com");
  await other.getByRole("button", { name: "Save" }).click();
  await other.getByText("Saved.").waitFor();
  await page.getByRole("button", { name: "Save" }).click();
  await page.getByText("Changed by somebody else").waitFor();
  await other.reload();
  expect(await other.getByLabel("Origins whose pages may call").inputValue()).toBe(
    "https://other.example.com",
  );
  expect(complaints.filter((text) => !/status of 4\d\d/.test(text))).toEqual([]);
  await page.context().close();
});

test("a domain shows what to set and what is wrong, and a wrong one is refused with what to type", async () => {
  const page = await openAsAdmin(browser, server, newAddress());
  await createProductionApp(page, "Shop");
  await page.getByRole("switch", { name: "HttpOnly cookies" }).click({ force: true });
  await page.getByLabel("App domain").fill("https://www.shop.example/path");
  await page.getByRole("button", { name: "Add domain" }).click();
  await page
    .getByText(/without|only the domain|shop\.example/i)
    .first()
    .waitFor();
  const name = `shop-${Date.now()}.example`;
  await page.getByLabel("App domain").fill(name);
  await page.getByRole("button", { name: "Add domain" }).click();
  await page.getByText(`privy.${name}`).first().waitFor();
  await page.getByText("Waiting for DNS").waitFor();
  await page.getByRole("button", { name: "Refresh" }).click();
  await page.getByText("Looked at").waitFor();
  await page.getByRole("button", { name: "Remove", exact: true }).click();
  await page.getByRole("dialog").getByRole("button", { name: "Remove" }).click();
  await page.getByLabel("App domain").waitFor();
  await page.context().close();
});

test("an editor does what an editor may, a viewer reads; more is refused in words", async () => {
  const owner = await openAsAdmin(browser, server, newAddress());
  await owner.getByRole("link", { name: "Administrators" }).click();
  const email = newAddress();
  await owner.getByLabel("E-mail address").fill(email);
  await owner.getByRole("combobox", { name: "Role", exact: true }).first().click();
  await owner.getByRole("option", { name: "Viewer" }).click();
  await owner.getByRole("button", { name: "Invite" }).click();
  const link = await owner.getByText(/#token=lk_invite_/).innerText();
  const viewer = await (await browser.newContext()).newPage();
  await viewer.goto(link);
  await viewer.getByLabel("E-mail address").fill(email);
  await viewer.getByRole("button", { name: "Enter the dashboard" }).click();
  await viewer.getByRole("heading", { name: "Apps" }).waitFor();
  await viewer.getByText("Your role is viewer").waitFor();
  expect(await viewer.getByRole("button", { name: "Create app" }).isDisabled()).toBe(true);

  // Their role is raised, the page allows it, and it is lowered before they are done.
  const role = owner.getByRole("row", { name: email }).getByRole("combobox");
  await owner.reload();
  await role.click();
  await owner.getByRole("option", { name: "Editor" }).click();
  await expect.poll(() => role.inputValue()).toBe("Editor");
  await viewer.reload();
  await viewer.getByRole("button", { name: "Create app" }).click();
  await viewer.getByLabel("Name").fill("Not mine to make");
  await role.click();
  await owner.getByRole("option", { name: "Viewer" }).click();
  await expect.poll(() => role.inputValue()).toBe("Viewer");
  await viewer.getByRole("button", { name: "Create", exact: true }).click();
  await viewer.getByText("Your role does not allow this").waitFor();
  await viewer.context().close();
  await owner.context().close();
});

test("a user's sessions are seen, explained and ended", async () => {
  const { app_id: appId } = server.credentials;
  const address = newAddress();
  const headers = { "privy-app-id": appId, "content-type": "application/json" };
  const post = (path: string, body: object) =>
    fetch(`${server.url}/api/v1/${path}`, { method: "POST", headers, body: JSON.stringify(body) });
  await post("passwordless/init", { email: address });
  const code = await server.mailedCode(address);
  const signedIn = await post("passwordless/authenticate", { email: address, code });
  const { refresh_token } = (await signedIn.json()) as { refresh_token: string };

  const page = await openAsAdmin(browser, server, newAddress());
  await page.goto(`${server.url}/dashboard/apps/${appId}/users?search=${address.slice(0, -6)}`);
  await page.getByRole("link", { name: address }).click();
  await page.getByRole("heading", { name: address }).waitFor();
  await page.getByText("active").waitFor();
  await page.getByRole("button", { name: "Sign out everywhere" }).click();
  await page.getByRole("button", { name: "End all" }).click();
  await page.getByText("revoked").waitFor();
  const refreshed = await post("sessions", { refresh_token });
  expect(await refreshed.json()).toMatchObject({ code: "missing_or_invalid_token" });
  await page
    .getByRole("link", { name: /device|node|Chrome/i })
    .first()
    .click();
  await page.getByText("Signed in.").waitFor();
  await page.getByText(/Ended by an administrator/).waitFor();
  await page.context().close();
});
