/** Sites of one domain over https that share a session, and what their pages' own scripts see of it. */
import type { Browser, Response } from "playwright-core";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { launchChromium } from "../support/chromium.ts";
import { type DevServer, startDevServer } from "../support/dev-server.ts";
import { type HttpsFront, openHttpsFront } from "../support/https-front.ts";
import { AUTHKIT, BUILD_MS, buildSite, LATCHKEY, type Variant } from "./build-site.ts";
import { newMembership } from "./organization.ts";
import { type Site, startSite } from "./site-process.ts";
import { siteSettings } from "./site-settings.ts";
import { openVisitor, type Visitor } from "./visitor.ts";

const DOMAIN = "example.test";
const APP = `https://app.${DOMAIN}`;
const DASHBOARD = `https://dashboard.${DOMAIN}`;
const OTHER = `https://other.${DOMAIN}`;
const variants = [AUTHKIT, LATCHKEY];

let server: DevServer;
let front: HttpsFront;
let browser: Browser;
let folders: ReadonlyMap<Variant, string>;

beforeAll(async () => {
  const built = Promise.all(variants.map(async (one) => [one, await buildSite(one)] as const));
  front = await openHttpsFront(DOMAIN);
  [server, browser] = await Promise.all([startDevServer(), launchChromium(front.chromiumArgs)]);
  folders = new Map(await built);
  const at = (path: string) => JSON.stringify([APP, DASHBOARD].map((site) => site + path));
  const lists = ["--set", `redirectUris=${at("/callback")}`, "--set", `logoutUris=${at("/bye")}`];
  await server.latchkey("apps", "update", server.credentials.app_id, ...lists);
}, BUILD_MS);
afterAll(async () => {
  await browser?.close();
  await front?.close();
  await server?.stop();
});

describe.each(variants)("$name", (variant) => {
  const isOurs = variant !== AUTHKIT;
  const sites: Site[] = [];

  beforeAll(async () => {
    const shared = { WORKOS_COOKIE_DOMAIN: DOMAIN };
    const stranger = { WORKOS_COOKIE_PASSWORD: "another password of a third app, which is long" };
    const start = async (url: string, more: Record<string, string>) => {
      const configure = () => siteSettings(server, url, more);
      const site = await startSite(variant, folders.get(variant) ?? "", configure);
      front.serve(new URL(url).host, site.url);
      sites.push(site);
    };
    await Promise.all([
      start(APP, { ...shared, EAGER_AUTH: "true" }),
      start(DASHBOARD, shared),
      start(OTHER, stranger),
    ]);
  });
  afterAll(() => Promise.all(sites.map((site) => site.close())));

  async function signedIn(work: (visitor: Visitor) => Promise<void>): Promise<void> {
    const visitor = await openVisitor(browser, server, APP);
    const { page, proveEmail, context } = visitor;
    try {
      await page.goto(`${APP}/members`);
      await proveEmail();
      await page.waitForURL(`${APP}/members`);
      await work(visitor);
    } catch (error) {
      console.log(sites.map((site) => site.output().slice(-3_000)).join("\n"));
      throw error;
    }
    await context.close();
  }

  test.concurrent("one sign-in is one session at every site of the domain; signing out of one ends all", () =>
    signedIn(async ({ page, facts, context, cookie }) => {
      const jar = await context.cookies(APP);
      expect(jar.find(({ name }) => name === "wos-session")).toMatchObject({
        ...{ domain: `.${DOMAIN}`, secure: true, httpOnly: true, sameSite: "Lax" },
      });
      const { sessionId, email } = await facts("member");
      await page.goto(`${DASHBOARD}/members`);
      expect(await facts("member")).toMatchObject({ sessionId, email });
      await page.getByRole("button", { name: "Sign out" }).click();
      await page.waitForURL(`${DASHBOARD}/bye`);
      expect(await cookie()).toBeUndefined();
      for (const site of [APP, DASHBOARD]) {
        await page.goto(`${site}/members`);
        await page.locator("input[name=email]").waitFor();
      }
    }));

  test.concurrent("a third app with another password sees nobody and leaves the cookie alone", () =>
    signedIn(async ({ page, facts, cookie, email }) => {
      const before = await cookie();
      await page.goto(OTHER);
      expect(await facts("home")).toEqual({ email: null });
      await page.evaluate(() => fetch("/api/me"));
      expect(await cookie()).toBe(before);
      if (isOurs) {
        await page.goto(`${OTHER}/client`);
        await page.getByRole("button", { name: "Sign out" }).click();
        await page.waitForURL(`${OTHER}/bye`);
        expect(await cookie()).toBe(before);
      }
      await page.goto(`${APP}/members`);
      expect(await facts("member")).toMatchObject({ email });
    }));

  test.concurrent("hooks tell the page who is signed in and give it tokens", () =>
    signedIn(async ({ page, facts, email }) => {
      const { sessionId, sub } = await facts("member");
      await page.getByRole("link", { name: "Client" }).click();
      const shown = page.locator("#client");
      await shown.filter({ hasText: '"accessToken"' }).waitFor();
      const first = await facts("client");
      expect(first).toMatchObject({ email, sessionId, sub, loading: false });
      await page.getByRole("button", { name: "Get token" }).click();
      await shown.filter({ hasText: '"answer":"ey' }).waitFor();
      expect((await facts("client")).answer).toBe(first.accessToken);
      await page.getByRole("button", { name: "New token" }).click();
      await shown.filter({ hasNotText: `"answer":"${first.accessToken}"` }).waitFor();
      const second = await facts("client");
      expect(second).toMatchObject({ email, answer: second.accessToken });

      const acme = await newMembership(server, email, "Acme", "admin");
      await page.getByLabel("Organization").fill(acme);
      await page.getByRole("button", { name: "Switch" }).click();
      await shown.filter({ hasText: `"organizationId":"${acme}"` }).waitFor();
      expect(await facts("client")).toMatchObject({ email, sessionId, role: "admin" });
      await page.goto(`${DASHBOARD}/members`);
      expect(await facts("member")).toMatchObject({ sessionId, organizationId: acme });

      await page.goto(`${APP}/client`);
      await page.getByRole("button", { name: "Sign out" }).click();
      await page.waitForURL(`${APP}/bye`);
      await page.goto(`${APP}/client`);
      await page.getByRole("heading", { name: "Nobody is signed in" }).waitFor();
      await page.getByRole("button", { name: "Ensure signed in" }).click();
      await page.locator("input[name=email]").waitFor();
    }));

  test.concurrent("eager auth hands the token over with the document, once", () =>
    signedIn(async ({ page, facts, context, cookie }) => {
      const actions: string[] = [];
      page.on("request", (request) => {
        if (request.headers()["next-action"]) actions.push(request.url());
      });
      // The page before this one had no use for its own.
      await context.clearCookies({ name: "workos-access-token" });
      const document = await page.goto(`${APP}/client`);
      const [handed] = await eagerCookies(document);
      expect(handed).toMatch(/^workos-access-token=ey/);
      expect(handed).toMatch(/Max-Age=30/i);
      // Behind a proxy the vendor's SDK takes the inner host for the site's: no Secure on localhost.
      if (isOurs) expect(handed).toMatch(/Secure/i);
      expect(handed).not.toMatch(/HttpOnly/i);
      await page.locator("#client", { hasText: '"accessToken"' }).waitFor();
      expect(handed).toContain((await facts("client")).accessToken);
      expect(actions).toEqual([]);
      expect(await cookie("workos-access-token")).toBeUndefined();

      const data = page.waitForResponse("**/api/me");
      await page.evaluate(() => fetch("/api/me"));
      expect(await eagerCookies(await data)).toEqual([]);

      if (!isOurs) return;
      await page.getByRole("button", { name: "Sign out" }).click();
      await page.waitForURL(`${APP}/bye`);
      const names = (await context.cookies(APP)).map(({ name }) => name);
      expect(names).not.toContain("workos-access-token");
    }));
});

async function eagerCookies(response: Response | null): Promise<string[]> {
  const headers = (await response?.headersArray()) ?? [];
  return headers
    .filter(({ name, value }) => /^set-cookie$/i.test(name) && /^workos-access-token/.test(value))
    .map(({ value }) => value);
}
