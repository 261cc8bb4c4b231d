/** One Next.js app, with the vendor's unmodified SDK and moved over to ours: the same to its visitors. */
import { setTimeout as wait } from "node:timers/promises";
import type { Browser } from "playwright-core";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { impersonationCode, openWorkOS } from "../app-server/workos.ts";
import { launchChromium } from "../support/chromium.ts";
import { type DevServer, startDevServer } from "../support/dev-server.ts";
import {
  AUTHKIT,
  BUILD_MS,
  buildSite,
  LATCHKEY,
  LATCHKEY_EDGE,
  type Variant,
} from "./build-site.ts";
import { newMembership } from "./organization.ts";
import { type Site, startSite } from "./site-process.ts";
import { siteSettings } from "./site-settings.ts";
import { openVisitor, type Visitor } from "./visitor.ts";

const TTL = 2;
const variants = [AUTHKIT, LATCHKEY, LATCHKEY_EDGE];

let server: DevServer;
let browser: Browser;
let folders: ReadonlyMap<Variant, string>;

beforeAll(async () => {
  const built = Promise.all(variants.map(async (one) => [one, await buildSite(one)] as const));
  [server, browser] = await Promise.all([
    startDevServer({ accessTokenTtl: TTL }),
    launchChromium(),
  ]);
  folders = new Map(await built);
}, BUILD_MS);
afterAll(async () => {
  await browser?.close();
  await server?.stop();
});

const expiry = () => wait(TTL * 1_000 + 300);

describe.concurrent.each(variants)("$name", (variant) => {
  const isOurs = variant !== AUTHKIT;
  let site: Site;

  beforeAll(async () => {
    site = await startSite(variant, folders.get(variant) ?? "", (url) =>
      siteSettings(server, url, { REFRESH_BUFFER_SECONDS: "0" }),
    );
  });
  afterAll(() => site?.close());

  async function withVisitor(work: (visitor: Visitor) => Promise<void>): Promise<void> {
    const visitor = await openVisitor(browser, server, site.url);
    await work(visitor).catch((error: unknown) => {
      console.log(site.output().slice(-4_000));
      throw error;
    });
    await visitor.context.close();
  }

  const signedIn = (work: (visitor: Visitor) => Promise<void>) =>
    withVisitor(async (visitor) => {
      await visitor.page.goto(`${site.url}/sign-in`);
      await visitor.proveEmail();
      await visitor.page.waitForURL(`${site.url}/members`);
      await work(visitor);
    });

  test("leads to the hosted page and back to the page asked for", () =>
    withVisitor(async ({ page, email, facts, proveEmail, context }) => {
      await page.goto(`${site.url}/members?page=2`);
      expect(page.url()).toContain(`${server.url}/login`);
      await proveEmail();
      await page.waitForURL(`${site.url}/members?page=2`);
      expect(await facts("member")).toMatchObject({ email, isStale: false });
      const jar = await context.cookies(site.url);
      const session = jar.find(({ name }) => name === "wos-session");
      expect(session).toMatchObject({ httpOnly: true, sameSite: "Lax", secure: false, path: "/" });
      expect(((session?.expires ?? 0) * 1_000 - Date.now()) / 86_400_000).toBeGreaterThan(399);
      expect(session?.value.length).toBeLessThan(2_048);
    }));

  test("greets by name where nobody has to be signed in, and not before", () =>
    withVisitor(async ({ page, email, facts, proveEmail }) => {
      await page.goto(site.url);
      expect(await facts("home")).toEqual({ email: null });
      await page.getByRole("link", { name: "Sign in" }).click();
      await proveEmail();
      await page.waitForURL(`${site.url}/members`);
      await page.goto(site.url);
      expect(await facts("home")).toEqual({ email });
    }));

  test("goes on silently when the access token is over: by reload and by a click", () =>
    signedIn(async ({ page, facts, email }) => {
      const first = await facts("member");
      await expiry();
      const answer = await page.reload();
      expect(answer?.headers()["cache-control"]).toContain("no-store");
      const second = await facts("member");
      expect(second).toMatchObject({ email, sessionId: first.sessionId, sub: first.sub });
      expect(second.jti).not.toBe(first.jti);
      await page.goto(site.url);
      await expiry();
      await page.getByRole("link", { name: "Members" }).click();
      await page.waitForURL(`${site.url}/members`);
      expect(await facts("member")).toMatchObject({ email, sessionId: first.sessionId });
    }));

  test("answers eight parallel requests with an expired token, and stays signed in", () =>
    signedIn(async ({ page, email, facts }) => {
      await expiry();
      const emails = await page.evaluate(() =>
        Promise.all(
          Array.from({ length: 8 }, async () => (await (await fetch("/api/me")).json()).email),
        ),
      );
      expect(emails).toEqual(Array(8).fill(email));
      const data = page.waitForResponse("**/api/me");
      await page.evaluate(() => fetch("/api/me"));
      const { "cache-control": cacheControl, vary } = (await data).headers();
      expect(cacheControl).toContain("no-store");
      expect(vary).toMatch(/\bcookie\b/i);
      await expiry();
      await page.reload();
      expect(await facts("member")).toMatchObject({ email });
    }));

  test("signs out here and at the server; the old cookie is dead", () =>
    signedIn(async (visitor) => {
      const { page, cookie, setCookie } = visitor;
      const old = (await cookie()) ?? "";
      await page.getByRole("button", { name: "Sign out" }).click();
      await page.waitForURL(`${site.url}/bye`);
      expect(await cookie()).toBeUndefined();
      if (!isOurs) await expiry();
      await setCookie(old);
      await page.goto(`${site.url}/members`);
      expect(page.url()).toContain(`${server.url}/login`);
      expect(await cookie()).toBeUndefined();
      await page.locator("input[name=email]").waitFor();
    }));

  test("asks within a page that the proxy lets everybody through to", () =>
    withVisitor(async ({ page, email, proveEmail }) => {
      const answer = await page.goto(`${site.url}/account`);
      if (!isOurs) return expect(answer?.status()).toBe(500);
      await proveEmail();
      await page.waitForURL(`${site.url}/account`);
      await page.getByRole("heading", { name: `Account of ${email}` }).waitFor();
    }));

  test("signs nobody in by a callback that is made up, refused or used before", () =>
    withVisitor(async ({ page, proveEmail, cookie, facts }) => {
      for (const query of ["", "?code=x", "?code=x&state=y", "?error=access_denied&state=y"]) {
        const answer = await page.goto(`${site.url}/callback${query}`);
        expect(answer?.status()).toBe(isOurs ? 400 : 500);
        expect(await cookie()).toBeUndefined();
      }
      let callback = "";
      page.on("request", (request) => {
        if (request.url().includes("/callback?")) callback = request.url();
      });
      await page.goto(`${site.url}/sign-in`);
      await proveEmail();
      await page.waitForURL(`${site.url}/members`);
      // The back button, to somebody who is signed in.
      const { sessionId } = await facts("member");
      const again = await page.goto(callback);
      expect(again?.status()).toBe(isOurs ? 200 : 500);
      await page.goto(`${site.url}/members`);
      expect(await facts("member")).toMatchObject({ sessionId });
      const other = await openVisitor(browser, server, site.url);
      const elsewhere = await other.page.goto(callback);
      expect(elsewhere?.status()).toBe(isOurs ? 400 : 500);
      expect(await other.cookie()).toBeUndefined();
      await other.context.close();
    }));

  test("is never broken by a cookie that says nothing", () =>
    withVisitor(async ({ page, setCookie, facts }) => {
      for (const value of ["garbage", "Fe26.2*1*a*b*c**d*e~2", "lks1.1.x.y"]) {
        await setCookie(value);
        await page.goto(site.url);
        expect(await facts("home")).toEqual({ email: null });
      }
      // The vendor's SDK throws on a mac prefix of another kind, at every request.
      await setCookie("Fe27.9*1*a*b*c**d*e~2");
      const answer = await page.goto(site.url);
      expect(answer?.status()).toBe(isOurs ? 200 : 500);
    }));

  test("switches the organization and stays in it through refreshes", () =>
    signedIn(async ({ page, facts, email }) => {
      const acme = await newMembership(server, email, "Acme", "admin");
      expect((await facts("member")).organizationId).toBeUndefined();
      await page.getByLabel("Organization").fill(acme);
      await page.getByRole("button", { name: "Switch" }).click();
      await page.locator("#member", { hasText: acme }).waitFor();
      expect(await facts("member")).toMatchObject({ organizationId: acme, role: "admin" });
      await expiry();
      await page.reload();
      expect(await facts("member")).toMatchObject({ organizationId: acme, role: "admin" });
    }));

  test("shows whom an operator acts as, and lets them stop", () =>
    withVisitor(async ({ page, email, cookie, facts }) => {
      const { userManagement } = openWorkOS(server);
      await userManagement.createUser({ email, emailVerified: true });
      // The vendor's SDK takes a code only together with a state that it made in this browser.
      const asked = page.waitForRequest("**/user_management/authorize?*");
      await page.goto(`${site.url}/sign-in`);
      const authorize = new URL((await asked).url());
      const query = new URLSearchParams({
        code: await impersonationCode(server, email),
        state: authorize.searchParams.get("state") ?? "",
      });
      await page.goto(`${site.url}/callback?${query}`);
      await page.getByText(`You are impersonating ${email}`).waitFor();
      expect(await facts("member")).toMatchObject({
        impersonator: { email: "operator@example.com", reason: "Ticket 4711" },
      });
      await page.getByRole("button", { name: "Stop" }).click();
      await page.waitForURL(`${site.url}/bye`);
      expect(await cookie()).toBeUndefined();
    }));
});
