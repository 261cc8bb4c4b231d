/**
 * The files of the guide to server-side rendering, as their reader builds them, on a domain where the
 * session server sets the cookies.
 */
import type { BrowserContext, Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { APP, type Deployment, SESSION_HOST, startDeployment } from "../cookies/deployment.ts";
import { BUILD_MS, buildSite, PAGE_GUARDS } from "./build-site.ts";
import { type Site, startSite } from "./site-process.ts";

/** Seconds. */
const TTL = 3;
let deployment: Deployment;
let folders: readonly string[];

beforeAll(async () => {
  const builds = Promise.all(PAGE_GUARDS.map(buildSite));
  deployment = await startDeployment({ accessTokenTtl: TTL });
  folders = await builds;
}, BUILD_MS);
afterAll(async () => {
  await deployment?.browser.close();
  await deployment?.stop();
});

describe.each(PAGE_GUARDS.map((variant, index) => ({ ...variant, index })))("$name", (variant) => {
  let site: Site;
  let context: BrowserContext;
  let page: Page;

  beforeAll(async () => {
    site = await startSite(variant, folders[variant.index] ?? "", () => ({
      LATCHKEY_APP_ID: deployment.appId,
      LATCHKEY_SERVER_URL: deployment.server.url,
      LATCHKEY_SESSION_HOST: SESSION_HOST,
      LATCHKEY_APP_ORIGIN: APP,
    }));
    deployment.front.serve(new URL(APP).host, site.url);
    context = await deployment.browser.newContext();
    page = await context.newPage();
  });
  afterAll(async () => {
    await context?.close();
    await site?.close();
  });

  const hasToken = async () =>
    (await context.cookies(APP)).some(({ name }) => name === "privy-token");

  async function call(path: string, body: object): Promise<{ user?: { id: string } }> {
    const { appId } = deployment;
    const answer = await page.evaluate(
      async ([url, id, text]) => {
        const headers = { "content-type": "application/json", "privy-app-id": id };
        const request = { method: "POST", credentials: "include", headers, body: text } as const;
        return (await fetch(url, request)).text();
      },
      [SESSION_HOST + path, appId, JSON.stringify(body)] as const,
    );
    return JSON.parse(answer);
  }

  test("renders for anybody, sends a stranger of a guarded page to sign in, knows who did", async () => {
    await page.goto(`${APP}/`);
    expect(await page.locator("h1").textContent()).toBe("Notes");
    await page.goto(`${APP}/account?tab=2`);
    expect(page.url()).toBe(`${APP}/sign-in?redirect_uri=%2Faccount%3Ftab%3D2`);
    const { user } = await call("/api/v1/passwordless/authenticate", deployment.person);
    const answer = await page.goto(`${APP}/account`);
    expect(await page.locator("#who").textContent()).toBe(user?.id);
    expect(answer?.headers()["cache-control"]).toBe("private, no-store");
  });

  test("renews a token that ran out by one detour; what is no navigation is told to", async () => {
    await expect.poll(hasToken, { timeout: 20_000 }).toBe(false);
    const status = await page.evaluate(
      async () => (await fetch("/account", { headers: { rsc: "1" } })).status,
    );
    expect(status).toBe(401);
    const seen: string[] = [];
    page.on("request", (request) => {
      if (request.isNavigationRequest()) seen.push(new URL(request.url()).pathname);
    });
    await page.goto(`${APP}/account`);
    expect(await page.locator("#who").textContent()).toMatch(/^did:privy:/);
    expect(seen).toEqual(["/account", "/session/refresh", "/account"]);
    expect(await hasToken()).toBe(true);
  });

  test("leaves the address of a sign-in under way as it is", async () => {
    await context.clearCookies({ name: "privy-token" });
    const at = `${APP}/account?privy_oauth_state=s&privy_oauth_code=c`;
    const answer = await page.goto(at);
    expect([answer?.status(), page.url()]).toEqual([200, at]);
  });
});
