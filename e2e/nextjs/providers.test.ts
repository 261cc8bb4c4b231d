/** The vendor's unmodified Next.js SDK, with people who sign in at a provider of OpenID Connect. */
import type { Browser, Page } from "playwright-core";
import { afterAll, beforeAll, expect, test } from "vitest";
import { openWorkOS } from "../app-server/workos.ts";
import {
  BUTTON,
  consentAt,
  declineAt,
  type ProviderProcess,
  startProvider,
} from "../oauth/provider-process.ts";
import { launchChromium } from "../support/chromium.ts";
import { type DevServer, startDevServer } from "../support/dev-server.ts";
import { AUTHKIT, BUILD_MS, buildSite } from "./build-site.ts";
import { type Site, startSite } from "./site-process.ts";
import { siteSettings } from "./site-settings.ts";
import { openVisitor, type Visitor } from "./visitor.ts";

let server: DevServer;
let browser: Browser;
let acme: ProviderProcess;
let corp: ProviderProcess;
let site: Site;
let isAcmeGone = false;

beforeAll(async () => {
  const built = buildSite(AUTHKIT);
  [server, browser, acme, corp] = await Promise.all([
    startDevServer(),
    launchChromium(),
    startProvider(),
    startProvider(),
  ]);
  await acme.addTo(server.credentials.app_id, server.latchkey, [server.url]);
  site = await startSite(AUTHKIT, await built, (url) => siteSettings(server, url));
}, BUILD_MS);
afterAll(async () => {
  await site?.close();
  await browser?.close();
  if (!isAcmeGone) await acme?.stop();
  await corp?.stop();
  await server?.stop();
});

async function visiting(work: (visitor: Visitor, page: Page) => Promise<void>): Promise<void> {
  const visitor = await openVisitor(browser, server, site.url);
  visitor.page.setDefaultTimeout(15_000);
  await visitor.page.goto(`${site.url}/sign-in`);
  await work(visitor, visitor.page).catch((error: unknown) => {
    console.log(site.output().slice(-4_000));
    throw error;
  });
  await visitor.context.close();
}

test("consents there, and is signed in at the site", () =>
  visiting(async ({ facts }, page) => {
    await page.getByRole("link", { name: BUTTON }).click();
    await consentAt(page, "ada");
    await page.waitForURL(`${site.url}/members`);
    expect(await facts("member")).toMatchObject({ email: "ada@provider.test" });
  }));

test("declines there, and is told so with every other way still there", () =>
  visiting(async ({ proveEmail, email, facts }, page) => {
    await page.getByRole("link", { name: BUTTON }).click();
    await declineAt(page);
    await page.getByRole("status").filter({ hasText: "You did not sign in at Acme" }).waitFor();
    await proveEmail();
    await page.waitForURL(`${site.url}/members`);
    expect(await facts("member")).toMatchObject({ email });
  }));

test("what came back for one person signs in nobody else (login CSRF)", () =>
  visiting(async ({ context: mallory }, page) => {
    await page.getByRole("link", { name: BUTTON }).click();
    await page.locator("input[name=login]").waitFor();
    // So that it is not used up in the browser that it is for.
    await mallory.clearCookies({ name: "latchkey-login" });
    await consentAt(page, "mallory");
    await page.waitForURL(/\/login\/provider\/return\?.*provider_code=/);
    await visiting(async ({ context }, victim) => {
      await victim.goto(page.url());
      await victim.getByText("This sign-in was begun elsewhere").waitFor();
      const jar = await context.cookies(server.url);
      expect(jar.map(({ name }) => name)).not.toContain("latchkey-sign-in");
    });
  }));

test("is sent to their organization's provider by their address, and lands in the organization", () =>
  visiting(async ({ facts, context }, page) => {
    const { organizations } = openWorkOS(server);
    const { id } = await organizations.createOrganization({ name: "Corp" });
    const bound = ["--organization", id, "--domain", "corp.test", "--join-role", "member"];
    await corp.addTo(
      server.credentials.app_id,
      (...args) => server.latchkey(...args.map((arg) => (arg === "acme" ? "corp" : arg)), ...bound),
      [server.url],
    );
    // Running servers follow within five seconds; each try before is a wrong password, of which there may be twenty.
    await expect
      .poll(
        async () => {
          const { userManagement } = openWorkOS(server);
          const asked = { email: "cora@corp.test", password: "wrong wrong wrong" };
          return userManagement.authenticateWithPassword(asked).catch((error) => error.code);
        },
        { timeout: 10_000, interval: 1000 },
      )
      .toBe("sso_required");
    await page.locator("input[name=email]").fill("cora@corp.test");
    await page.keyboard.press("Enter");
    // By itself, though no script runs on the page and its forms lead nowhere else.
    await consentAt(page, "cora");
    await page.waitForURL(`${site.url}/members`);
    expect(await facts("member")).toMatchObject({ organizationId: id });
    expect((await context.cookies(site.url)).length).toBeGreaterThan(0);
  }));

test("a provider that is gone is said so within five seconds, and mail signs in as ever", () =>
  visiting(async ({ proveEmail, email, facts }, page) => {
    await page.getByRole("link", { name: BUTTON }).click();
    await page.locator("input[name=login]").waitFor();
    await page.goBack();
    const left = page.getByRole("link", { name: BUTTON });
    const [request] = await Promise.all([page.waitForRequest(/\/auth\?/), left.click()]);
    const state = new URL(request.url()).searchParams.get("state");
    const callback = new URL(request.url()).searchParams.get("redirect_uri");
    await acme.stop();
    isAcmeGone = true;
    const began = Date.now();
    await page.goto(`${callback}?code=x&state=${state}&iss=${encodeURIComponent(acme.issuer)}`);
    await page.getByText("Acme does not answer right now").waitFor();
    expect(Date.now() - began).toBeLessThan(5_000);
    await page.getByRole("link", { name: "Sign in another way" }).click();
    await proveEmail();
    await page.waitForURL(`${site.url}/members`);
    expect(await facts("member")).toMatchObject({ email });
  }));
