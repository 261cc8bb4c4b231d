/** The other places of an app with cookies: our own client, a developer's machine, a host without DNS. */
import { rmSync } from "node:fs";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { createSessionProxy } from "@latchkey/backend";
import type { BrowserContext, Page } from "playwright-core";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { root } from "../support/server-process.ts";
import { type StaticSite, serveSite } from "../support/static-site.ts";
import { viteBuild } from "../support/vite-build.ts";
import {
  APP,
  type Deployment,
  DOMAIN,
  PUBLIC_URL,
  SESSION_HOST,
  startDeployment,
} from "./deployment.ts";

const HOSTED = "https://my-app.hosting.test";
const example = join(root, "examples/react-vite");
const folders: string[] = [];
const sites: StaticSite[] = [];

let deployment: Deployment;
let context: BrowserContext;
let page: Page;

beforeAll(async () => {
  deployment = await startDeployment({ accessTokenTtl: 3600 });
});
afterAll(async () => {
  await context?.close();
  await Promise.all(sites.map((site) => site.close()));
  await deployment?.browser.close();
  await deployment?.stop();
  for (const folder of folders) rmSync(folder, { recursive: true, force: true });
});
beforeEach(async () => {
  await context?.close();
  context = await deployment.browser.newContext();
  page = await context.newPage();
});

async function build(app: string, env: Record<string, string>): Promise<StaticSite> {
  const folder = await viteBuild(app, env);
  folders.push(folder);
  const site = await serveSite(folder);
  sites.push(site);
  return site;
}

async function signIn(person: { email: string; code: string }): Promise<void> {
  await page.getByTestId("sign-in-email").fill(person.email);
  await page.keyboard.press("Enter");
  await page.getByTestId("sign-in-code").fill(person.code);
  await page.keyboard.press("Enter");
  await page.getByText(`Signed in as ${person.email}`).waitFor();
}

const stored = () => page.evaluate("JSON.stringify(localStorage)") as Promise<string>;
const cookieNames = async () =>
  (await context.cookies())
    .map(({ name }) => name)
    .filter((name) => name.startsWith("privy-"))
    .sort();
const NO_TOKEN = /eyJ|lk1\./;

describe("our own client", () => {
  beforeAll(async () => {
    const site = await build(example, {
      VITE_LATCHKEY_URL: PUBLIC_URL,
      VITE_LATCHKEY_APP_ID: deployment.appId,
    });
    deployment.front.serve(new URL(APP).host, site.url);
  }, 120_000);

  test("keeps no token in local storage, is signed in at once after a reload, and can ask for a token", async () => {
    const calls: string[] = [];
    page.on("request", (request) => calls.push(`${request.method()} ${request.url()}`));
    await page.goto(APP);
    await signIn(deployment.person);
    expect(await cookieNames()).toEqual(["privy-refresh-token", "privy-session", "privy-token"]);
    expect(await stored()).not.toMatch(NO_TOKEN);
    await page.reload();
    await page.getByText("Signed in as").waitFor();
    expect(await stored()).not.toMatch(NO_TOKEN);
    calls.length = 0;
    await page.getByRole("button", { name: "Load my notes" }).click();
    await page.getByText("Your server answered").waitFor();
    expect(calls).toContain(`POST ${SESSION_HOST}/api/v1/sessions`);
    expect(await stored()).not.toMatch(NO_TOKEN);
  });

  test("signs in and out in every tab, and out of cookies and server", async () => {
    await page.goto(APP);
    const other = await context.newPage();
    await other.goto(APP);
    await signIn(deployment.person);
    await other.getByText("Signed in as").waitFor();
    const [kept] = (await context.cookies(SESSION_HOST)).filter(
      ({ name }) => name === "privy-refresh-token",
    );
    await other.getByRole("button", { name: "Sign out" }).click();
    await page.getByTestId("sign-in-email").waitFor();
    await expect.poll(cookieNames).toEqual([]);
    await context.addCookies(kept ? [kept] : []);
    const answer = await page.evaluate(
      async ([host, id]) => {
        const headers = { "content-type": "application/json", "privy-app-id": id ?? "" };
        const init = { method: "POST", headers, body: "{}", credentials: "include" } as const;
        return (await fetch(`${host}/api/v1/sessions`, init)).json();
      },
      [SESSION_HOST, deployment.appId],
    );
    expect(answer).toMatchObject({ cause: "logout" });
  });

  test("finds its session again by the cookies when local storage was emptied", async () => {
    await page.goto(APP);
    await signIn(deployment.person);
    await page.evaluate("localStorage.clear()");
    await page.reload();
    await page.getByText("Signed in as").waitFor();
  });
});

test("the production app works from localhost by an app client without cookies, and not without it", async () => {
  const vendor = join(root, "e2e/cookies/site");
  const env = { VITE_APP_ID: deployment.appId, VITE_SERVER_URL: PUBLIC_URL };
  const without = await build(vendor, env);
  const made = await deployment.latchkey(
    ...["clients", "create", deployment.appId, "Local", "--cookies", "disabled"],
    ...["--origin", "http://localhost:4173"],
  );
  const clientId = /Client id +(\S+)/.exec(made)?.[1] ?? "";
  const site = await build(vendor, { ...env, VITE_CLIENT_ID: clientId });
  const origin = ["--add-origin", new URL(site.url).origin];
  await deployment.latchkey("clients", "update", deployment.appId, clientId, ...origin);
  await page.goto(without.url);
  const refused = await page.evaluate(
    async ([url, id]) => (await fetch(`${url}/api/v1/apps/${id}`)).json(),
    [PUBLIC_URL, deployment.appId],
  );
  expect(refused).toMatchObject({ code: "invalid_origin" });
  expect(JSON.stringify(refused)).toContain(`--origin ${new URL(without.url).origin}`);
  // The app and its clients are looked up anew within.
  await new Promise((resolve) => setTimeout(resolve, 5500));
  await page.goto(site.url);
  await page.evaluate(async ({ email, code }) => {
    interface Vendor {
      ready: Promise<void>;
      privy: { auth: { email: { loginWithCode(email: string, code: string): Promise<object> } } };
    }
    const { ready, privy } = globalThis as unknown as Vendor;
    await ready;
    await privy.auth.email.loginWithCode(email, code);
  }, deployment.person);
  expect(await stored()).toContain("lk1.");
  const all = await context.cookies();
  expect(all.filter(({ domain }) => domain.endsWith(DOMAIN))).toEqual([]);
}, 120_000);

test("behind a proxy on the app's own path, cookies are the host's own and no DNS record is needed", async () => {
  const settings = ["--set", "httpOnlyCookies=true", "--origin", HOSTED];
  const text = await deployment.latchkey("apps", "create", "Hosted", ...settings);
  const appId = /App id +(\S+)/.exec(text)?.[1] ?? "";
  const appSecret = /App secret +(\S+)/.exec(text)?.[1] ?? "";
  const account = await deployment.latchkey("apps", "test-account", appId);
  const proxy = createSessionProxy({
    appId,
    appSecret,
    serverUrl: deployment.server.url,
    origin: HOSTED,
  });
  const site = await build(example, {
    VITE_LATCHKEY_URL: proxy.url,
    VITE_LATCHKEY_APP_ID: appId,
  });
  const server = createServer(async (incoming, outgoing) => {
    const chunks: Buffer[] = [];
    for await (const chunk of incoming) chunks.push(chunk as Buffer);
    const { method = "GET", url = "/" } = incoming;
    const request = new Request(HOSTED + url, {
      method,
      headers: Object.fromEntries(
        Object.entries(incoming.headers).map(([name, value]) => [name, String(value)]),
      ),
      ...(chunks.length > 0 && { body: Buffer.concat(chunks) }),
    });
    const answer = (await proxy.handle(request)) ?? (await fetch(site.url + url));
    outgoing.statusCode = answer.status;
    for (const [name, value] of answer.headers) {
      if (
        !["content-encoding", "content-length", "transfer-encoding", "set-cookie"].includes(name)
      ) {
        outgoing.setHeader(name, value);
      }
    }
    outgoing.setHeader("set-cookie", answer.headers.getSetCookie());
    outgoing.end(Buffer.from(await answer.arrayBuffer()));
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;
  deployment.front.serve(new URL(HOSTED).host, `http://localhost:${port}`);
  const person = {
    email: /E-mail +(\S+)/.exec(account)?.[1] ?? "",
    code: /Code +(\S+)/.exec(account)?.[1] ?? "",
  };
  await page.goto(HOSTED);
  await signIn(person);
  expect(await cookieNames()).toEqual(["privy-refresh-token", "privy-session", "privy-token"]);
  for (const cookie of await context.cookies()) {
    expect(cookie.domain).toBe(new URL(HOSTED).host);
    if (cookie.name === "privy-refresh-token") expect(cookie.path).toBe("/__session");
  }
  expect(await stored()).not.toMatch(NO_TOKEN);
  await context.clearCookies({ name: "privy-token" });
  await page.goto(`${proxy.url}/session/refresh?redirect_uri=${encodeURIComponent(`${HOSTED}/`)}`);
  expect(page.url()).toBe(`${HOSTED}/?latchkey_refresh=renewed`);
  expect(await cookieNames()).toContain("privy-token");
  await page.getByRole("button", { name: "Sign out" }).click();
  await page.getByTestId("sign-in-email").waitFor();
  await expect.poll(cookieNames).toEqual([]);
  server.closeAllConnections();
  server.close();
}, 120_000);
