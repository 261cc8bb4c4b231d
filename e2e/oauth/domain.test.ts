/**
 * Signing in with a provider where the server keeps the session in cookies of the app's verified domain,
 * and the app's own server decides about pages before they are rendered.
 */
import { rmSync } from "node:fs";
import { join } from "node:path";
import type { BrowserContext, Page } from "playwright-core";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { type AppSite, startAppSite } from "../cookies/app-site.ts";
import {
  APP,
  type Deployment,
  PUBLIC_URL,
  SESSION_HOST,
  startDeployment,
} from "../cookies/deployment.ts";
import { root } from "../support/server-process.ts";
import { type StaticSite, serveSite } from "../support/static-site.ts";
import { viteBuild } from "../support/vite-build.ts";
import { consentAt, PROVIDER, type ProviderProcess, startProvider } from "./provider-process.ts";

let deployment: Deployment;
let provider: ProviderProcess;
let built: string;
let scripts: StaticSite;
let site: AppSite;
let context: BrowserContext;
let page: Page;

beforeAll(async () => {
  // The provider is on this machine, where a real one never is.
  const env = { LATCHKEY_ALLOW_PRIVATE_ADDRESSES: "true" };
  [deployment, provider] = await Promise.all([
    startDeployment({ accessTokenTtl: 3600, env }),
    startProvider(),
  ]);
  const { appId, server } = deployment;
  await provider.addTo(appId, deployment.latchkey, [SESSION_HOST, PUBLIC_URL]);
  built = await viteBuild(join(root, "e2e/oauth/site"), {
    VITE_APP_ID: appId,
    VITE_SERVER_URL: PUBLIC_URL,
  });
  scripts = await serveSite(built);
  const guard = { sessionHost: SESSION_HOST, signInPage: "/sign-in" };
  site = await startAppSite({ appId, serverUrl: server.url, scripts, guard, scriptedNotes: true });
  deployment.front.serve(new URL(APP).host, site.url);
}, 120_000);
afterAll(async () => {
  await context?.close();
  await site?.close();
  await scripts?.close();
  await provider?.stop();
  await deployment?.browser.close();
  await deployment?.stop();
  if (built) rmSync(built, { recursive: true, force: true });
});
beforeEach(async () => {
  await context?.close();
  context = await deployment.browser.newContext();
  context.setDefaultTimeout(10_000);
  page = await context.newPage();
  site.pages.length = 0;
});

/** A guarded page whose own query a rewriting server would change. */
const NOTES = `${APP}/notes?list=a%20b&x=1+2&empty=`;

const shows = (id: string, text: string) =>
  page.locator(`#${id}`).filter({ hasText: text }).waitFor();
const cookieNames = async () =>
  (await context.cookies())
    .map(({ name }) => name)
    .filter((name) => name.startsWith("privy-"))
    .sort();
const stored = () =>
  page.evaluate("JSON.stringify([localStorage, sessionStorage])") as Promise<string>;
const SESSION_COOKIES = ["privy-refresh-token", "privy-session", "privy-token"];

async function signInAndGoTo(address: string, login: string): Promise<void> {
  await page.goto(`${APP}/sign-in`);
  await shows("status", "signed_out");
  await page.evaluate(`signInAndGoTo(${JSON.stringify(address)})`);
  await consentAt(page, login);
  await shows("outcome", `sign_in ${PROVIDER}`);
}

describe("our client, with a guard in front of its pages", () => {
  test("comes back to a guarded page with the parameters untouched, signs in by cookies and cleans the address", async () => {
    const calls: string[] = [];
    page.on("request", (request) => calls.push(request.url()));
    await signInAndGoTo(NOTES, "ada");
    expect(await page.evaluate("arrivedWith")).toMatch(
      /^\?list=a%20b&x=1\+2&empty=&privy_oauth_state=[\w-]{48}&privy_oauth_provider=custom%3Aacme&privy_oauth_code=[\w-]+$/,
    );
    expect(page.url()).toBe(NOTES);
    expect(site.pages).toEqual(["GET /sign-in 200", "GET /notes 200"]);
    expect(await cookieNames()).toEqual(SESSION_COOKIES);
    expect(await stored()).not.toMatch(/eyJ|lk1\.|verifier/);
    const callback = calls.find((url) => url.includes("/oauth/callback"));
    expect(callback).toMatch(new RegExp(`^${SESSION_HOST}/`));
    await page.reload();
    await shows("status", "signed_in");
  });

  test("takes no detour for a renewal while an answer is in the address, though the token ran out", async () => {
    await page.goto(`${APP}/sign-in`);
    const { email, code } = deployment.person;
    await page.evaluate(`latchkey.signInWithCode({ email: "${email}", code: "${code}" })`);
    await shows("status", "signed_in");
    await page.evaluate(`signInAndGoTo(${JSON.stringify(NOTES)}, "link")`);
    await page.locator("input[name=login]").waitFor();
    await context.clearCookies({ name: "privy-token" });
    site.pages.length = 0;
    await consentAt(page, "bob");
    await shows("outcome", `link ${PROVIDER}`);
    await shows("accounts", PROVIDER);
    expect(site.pages).toEqual(["GET /notes 200"]);
    expect(page.url()).toBe(NOTES);
    await page.click("#unlink");
    await shows("outcome", "removed");
  });

  test("notices within ten seconds that the session was ended, and its cookies go", async () => {
    await signInAndGoTo(NOTES, "cleo");
    const id = await page.evaluate("latchkey.getSnapshot().user.id");
    await deployment.latchkey("users", "sign-out", deployment.appId, String(id));
    const ended = Date.now();
    await shows("status", "signed_out");
    expect(Date.now() - ended).toBeLessThan(10_000);
    expect(await cookieNames()).toEqual([]);
  });
});

test("the vendor's unmodified client signs in by its own OAuth flow into the same cookies", async () => {
  await page.goto(`${APP}/sign-in?client=vendor`);
  await shows("status", "vendor");
  const { url } = (await page.evaluate(
    `privy.auth.oauth.generateURL("${PROVIDER}", "${NOTES}&client=vendor")`,
  )) as { url: string };
  await page.goto(url);
  await consentAt(page, "dora");
  await shows("status", "vendor");
  expect(new URL(page.url()).search).toContain(
    "?list=a%20b&x=1+2&empty=&client=vendor&privy_oauth",
  );
  const types = await page.evaluate(`(async () => {
    const query = new URLSearchParams(location.search);
    const read = (name) => query.get("privy_oauth_" + name);
    const { user } = await privy.auth.oauth.loginWithCode(read("code"), read("state"), read("provider"));
    return user.linked_accounts.map(({ type }) => type);
  })()`);
  expect(types).toContain(PROVIDER);
  expect(await cookieNames()).toEqual(SESSION_COOKIES);
  expect(await stored()).not.toContain("lk1.");
});
