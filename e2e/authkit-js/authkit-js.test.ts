/** The vendor's unmodified browser SDK against a development server, from a page on localhost. */
import { setTimeout as wait } from "node:timers/promises";
import { decodeJwt } from "jose";
import type { Browser, Page } from "playwright-core";
import { afterAll, beforeAll, expect, test } from "vitest";
import { openWorkOS } from "../app-server/workos.ts";
import { newAddress } from "../support/addresses.ts";
import { complaintsOf, launchChromium } from "../support/chromium.ts";
import { type DevServer, startDevServer } from "../support/dev-server.ts";
import { currentUser, type Spa, serveSpa, withClient } from "./spa.ts";

const TTL = 3;
let server: DevServer;
let browser: Browser;
let spa: Spa;

beforeAll(async () => {
  [server, browser] = await Promise.all([
    startDevServer({ accessTokenTtl: TTL }),
    launchChromium(),
  ]);
  const { hostname, port } = new URL(server.url);
  spa = await serveSpa(server.credentials.client_id, {
    ...{ apiHostname: hostname, port: Number(port), https: false, refreshBufferInterval: 1 },
  });
});
afterAll(async () => {
  await browser?.close();
  await spa?.close();
  await server?.stop();
});

async function signedIn(work: (page: Page, email: string) => Promise<void>): Promise<void> {
  const context = await browser.newContext();
  const page = await context.newPage();
  const complaints = complaintsOf(page);
  const email = newAddress();
  await page.goto(spa.url);
  expect(await currentUser(page)).toBeNull();
  await withClient(page, (client) => client.signIn({ state: { returnTo: "/notes?page=2" } }));
  await page.locator("input[name=email]").fill(email);
  await page.keyboard.press("Enter");
  await page.locator("input[name=code]").fill(await server.mailedCode(email));
  await page.keyboard.press("Enter");
  await page.waitForURL(`${spa.url}/`);
  expect(await currentUser(page)).toBe(email);
  await work(page, email);
  expect(complaints).toEqual([]);
  await context.close();
}

const claims = async (page: Page) =>
  decodeJwt(await withClient(page, (client) => client.getAccessToken()));

const refreshTokenOf = (page: Page) =>
  page.evaluate(
    (key) => localStorage.getItem(key),
    `workos:refresh-token:${server.credentials.client_id}`,
  );

test("signs in with PKCE alone, hands the state back, and stays signed in over a reload", () =>
  signedIn(async (page, email) => {
    expect(await page.evaluate(() => window.cameBackWith)).toEqual({ returnTo: "/notes?page=2" });
    const { sub, sid } = await claims(page);
    await page.reload();
    expect(await currentUser(page)).toBe(email);
    expect(await claims(page)).toMatchObject({ sub, sid });
  }));

test("goes on when the token is over: by call, in the background and in two tabs at once", () =>
  signedIn(async (page, email) => {
    const first = await claims(page);
    const tab = await page.context().newPage();
    await tab.goto(spa.url);
    await wait(TTL * 1_000);
    const tabs = await Promise.all([claims(page), claims(tab)]);
    for (const { sid, jti, exp = 0 } of tabs) {
      expect(sid).toBe(first.sid);
      expect(jti).not.toBe(first.jti);
      expect(exp * 1_000).toBeGreaterThan(Date.now());
    }
    expect(await currentUser(tab)).toBe(email);
  }));

test("goes over to another organization of the user", () =>
  signedIn(async (page, email) => {
    const { userManagement, organizations } = openWorkOS(server);
    const { data } = await userManagement.listUsers({ email });
    const { id: organizationId } = await organizations.createOrganization({ name: "Acme" });
    const userId = data[0]?.id ?? "";
    await userManagement.createOrganizationMembership({ organizationId, userId });
    await page.waitForFunction(() => window.authkit !== undefined);
    await page.evaluate(
      (id) => window.authkit?.switchToOrganization({ organizationId: id }),
      organizationId,
    );
    expect(await claims(page)).toMatchObject({ org_id: organizationId, role: "member" });
    await wait(TTL * 1_000);
    expect(await claims(page)).toMatchObject({ org_id: organizationId });
  }));

test("signs out here and at the server: what it kept is dead", () =>
  signedIn(async (page) => {
    const old = await refreshTokenOf(page);
    expect(old).toMatch(/^lk1\./);
    await withClient(page, (client) => client.signOut({ returnTo: `${location.origin}/bye` }));
    await page.waitForURL(`${spa.url}/bye`);
    expect(await currentUser(page)).toBeNull();
    expect(await refreshTokenOf(page)).toBeNull();
    const answer = await fetch(`${server.url}/user_management/authenticate`, {
      method: "POST",
      headers: { "content-type": "application/json", origin: spa.url },
      body: JSON.stringify({
        grant_type: "refresh_token",
        client_id: server.credentials.client_id,
        refresh_token: old,
      }),
    });
    expect([answer.status, await answer.json()]).toMatchObject([400, { error: "invalid_grant" }]);
  }));
