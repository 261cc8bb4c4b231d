/** Users from a file, and the organizations that they are in. */
import type { Browser, Page } from "playwright-core";
import { afterAll, beforeAll, expect, test } from "vitest";
import { launchChromium } from "../support/chromium.ts";
import { type DevServer, startDevServer } from "../support/dev-server.ts";
import { openAsAdmin } from "./admin-page.ts";

let server: DevServer;
let browser: Browser;
let page: Page;
let home: string;

beforeAll(async () => {
  [server, browser] = await Promise.all([startDevServer(), launchChromium()]);
  page = await openAsAdmin(browser, server, "owner@example.com");
  home = `${server.url}/dashboard/apps/${server.credentials.app_id}`;
});
afterAll(async () => {
  await browser?.close();
  await server?.stop();
});

test("a file of users is imported with a bar; rows that are refused are told, and those made stay", async () => {
  const good = Array.from({ length: 450 }, (_, index) => `user-${index}@example.com,`);
  const rows = [
    "email,customMetadata",
    ...good,
    "no address,",
    'ada@example.com,"{""plan"":""pro""}"',
  ];
  await page.goto(`${home}/users/import`);
  await page.locator("input[type=file]").setInputFiles({
    name: "users.csv",
    mimeType: "text/csv",
    buffer: Buffer.from(rows.join("\r\n")),
  });
  await page.getByRole("button", { name: "Import" }).click();
  await page.getByText("Done. 452 of 452 rows: 451 made, 1 refused.").waitFor();
  const refused = page.getByRole("row", { name: /no address/ });
  expect(await refused.innerText()).toMatch(/^452\b/);
  await page.goto(`${home}/users?search=ada@`);
  await page.getByRole("link", { name: "ada@example.com" }).click();
  await page.getByText("pro", { exact: false }).first().waitFor();
});

test("a user's ways in are taken away one by one, but for the last", async () => {
  await page.goto(`${home}/users/import`);
  await page.locator("input[type=file]").setInputFiles({
    name: "users.csv",
    mimeType: "text/csv",
    buffer: Buffer.from("email,customUserId\r\nmary@example.com,mary-1"),
  });
  await page.getByRole("button", { name: "Import" }).click();
  await page.getByText("1 made, 0 refused").waitFor();
  await page.goto(`${home}/users?search=mary@`);
  await page.getByRole("link", { name: "mary@example.com" }).click();
  const remove = async (what: string) => {
    await page.getByRole("button", { name: `Remove ${what}` }).click();
    await page.getByRole("button", { name: "Remove it" }).click();
  };
  await remove("Own login mary-1");
  await page.getByRole("cell", { name: "mary-1", exact: true }).waitFor({ state: "detached" });
  await page.getByRole("dialog").waitFor({ state: "detached" });
  await remove("E-mail mary@example.com");
  await page.getByText("only way in").waitFor();
  await page.getByRole("button", { name: "Cancel" }).click();
});

test("what is not such a file is refused beside its field", async () => {
  await page.goto(`${home}/users/import`);
  await page.locator("input[type=file]").setInputFiles({
    name: "notes.txt",
    mimeType: "text/plain",
    buffer: Buffer.from("just some notes"),
  });
  await page.getByRole("button", { name: "Import" }).click();
  await page.getByText("The first line has to name the columns").waitFor();
});

test("users are exported as they are searched for", async () => {
  await page.goto(`${home}/users?search=user-44`);
  await page.getByRole("button", { name: "Export" }).click();
  const saving = page.waitForEvent("download");
  await page.getByRole("menuitem", { name: "As CSV" }).click();
  const stream = await (await saving).createReadStream();
  const text = Buffer.concat(await stream.toArray()).toString();
  expect(text.split("\r\n")).toHaveLength(1 + 11);
  expect(text).toContain("user-440@example.com");
});

test("an organization gets a member with a new role, entitlements and an invitation by mail", async () => {
  await page.goto(`${home}/roles`);
  await page.getByRole("button", { name: "Add a role" }).click();
  const role = page.getByRole("group").last();
  await role.getByLabel("Name").fill("Editor");
  await role.getByLabel("Slug").fill("Not a slug");
  await page.getByRole("button", { name: "Save" }).click();
  await role.getByText(/must be lower-case letters/).waitFor();
  await role.getByLabel("Slug").fill("editor");
  await page.getByRole("button", { name: "Save" }).click();
  await page.getByText("Saved.").waitFor();

  await page.getByRole("link", { name: "Organizations", exact: true }).click();
  await page.getByRole("button", { name: "Create organization" }).click();
  await page.getByLabel("Name").fill("Engines Ltd");
  await page.getByRole("button", { name: "Create", exact: true }).click();
  await page.getByText("No members yet").waitFor();
  const members = page.url();

  await page.goto(`${home}/users?search=ada@`);
  await page.getByRole("link", { name: "ada@example.com" }).click();
  const id = await page.getByText(/^user_/).innerText();
  await page.goto(members);
  await page.getByLabel("User id").fill(id);
  await page.getByRole("button", { name: "Add member" }).click();
  const row = page.getByRole("row", { name: /ada@example.com/ });
  await row.getByLabel("Roles of ada@example.com").focus();
  await page.keyboard.press("ArrowDown");
  await page.getByRole("option", { name: "Editor" }).click();
  await row.getByText("Editor").waitFor();

  await page.getByRole("tab", { name: "Invitations" }).click();
  await page.getByLabel("E-mail address").fill("grace@example.com");
  await page.getByRole("button", { name: "Invite" }).click();
  await page.getByText("pending").waitFor();
  await expect.poll(async () => (await server.mails("grace@example.com")).length).toBe(1);

  await page.getByRole("tab", { name: "Settings" }).click();
  await page.getByLabel("Entitlements").fill("reports\nexports");
  page.once("dialog", (dialog) => dialog.dismiss());
  await page.getByRole("tab", { name: "Members" }).click();
  // Leaving with unsaved changes was asked for, and declined.
  expect(await page.getByLabel("Entitlements").inputValue()).toBe("reports\nexports");
  await page.getByRole("button", { name: "Save" }).click();
  await page.getByText("Saved.").waitFor();
});

test("signing keys are rotated: the new ones are published before they sign", async () => {
  await page.goto(`${home}/settings/advanced`);
  await page.getByRole("button", { name: "Rotate" }).click();
  await page.getByRole("dialog").getByRole("button", { name: "Make new keys" }).click();
  await page.getByText("signs soon").first().waitFor();
});

test("the API's calls are found, and each has an address", async () => {
  await page.goto(`${server.url}/dashboard/api`);
  await page.getByLabel("Find a call").fill("approv");
  await page.getByRole("button", { name: /Approve a domain/ }).click();
  await page.waitForURL(/\?operation=approveDomain$/);
  await page.getByText(/curl -X POST/).waitFor();
  await page.reload();
  await page.getByText("Takes the role owner.").waitFor();
});
