/** Server-set cookies in a real browser: the vendor's client, an app's server, links of other sites. */

import { rmSync } from "node:fs";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import type { BrowserContext, Page } from "playwright-core";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { root } from "../support/server-process.ts";
import { type StaticSite, serveSite } from "../support/static-site.ts";
import { viteBuild } from "../support/vite-build.ts";
import { type AppSite, type AppSiteOptions, startAppSite } from "./app-site.ts";
import {
  APP,
  type Deployment,
  DOMAIN,
  ELSEWHERE,
  PUBLIC_URL,
  SESSION_HOST,
  startDeployment,
} from "./deployment.ts";

/** Seconds. */
const TTL = 4;
const AFTER_TTL = TTL * 1000 + 1000;

interface VendorPage {
  ready: Promise<void>;
  privy: {
    auth: {
      email: { loginWithCode(email: string, code: string): Promise<{ user: { id: string } }> };
      logout(): Promise<void>;
    };
    user: { get(): Promise<{ user: { id: string } }> };
    getAccessToken(): Promise<string | null>;
  };
}

let deployment: Deployment;
let built: string;
let scripts: StaticSite;
let elsewhere: { close(): void };
let site: AppSite | undefined;
let context: BrowserContext;
let page: Page;

beforeAll(async () => {
  deployment = await startDeployment({ accessTokenTtl: TTL });
  built = await viteBuild(join(root, "e2e/cookies/site"), {
    VITE_APP_ID: deployment.appId,
    VITE_SERVER_URL: PUBLIC_URL,
  });
  scripts = await serveSite(built);
  elsewhere = await startElsewhere();
}, 120_000);
afterAll(async () => {
  elsewhere?.close();
  await site?.close();
  await scripts?.close();
  await deployment?.browser.close();
  await deployment?.stop();
  rmSync(built, { recursive: true, force: true });
});
beforeEach(async () => {
  await context?.close();
  context = await deployment.browser.newContext();
  page = await context.newPage();
});

/** Another site, with links to the app. */
async function startElsewhere() {
  const server = createServer((request, response) => {
    const target = new URL(request.url ?? "/", ELSEWHERE).searchParams.get("to") ?? APP;
    response.setHeader("content-type", "text/html");
    response.end(`<!doctype html><title>News</title><a href="${target}">Read on</a>`);
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;
  deployment.front.serve(new URL(ELSEWHERE).host, `http://localhost:${port}`);
  return server;
}

async function serve(guard: AppSiteOptions["guard"]): Promise<AppSite> {
  await site?.close();
  const { appId, server } = deployment;
  site = await startAppSite({ appId, serverUrl: server.url, scripts, guard });
  deployment.front.serve(new URL(APP).host, site.url);
  return site;
}

const setSameSite = async (value: "strict" | "lax") => {
  await deployment.latchkey("apps", "update", deployment.appId, "--set", `sameSite=${value}`);
  // What every running server follows within.
  await new Promise((resolve) => setTimeout(resolve, 5500));
};

/** Signs in with the vendor's client on a page of the app; answers the user's id. */
async function signIn(): Promise<string> {
  await page.goto(`${APP}/`);
  return page.evaluate(async ({ email, code }) => {
    const { ready, privy } = globalThis as unknown as VendorPage;
    await ready;
    return (await privy.auth.email.loginWithCode(email, code)).user.id;
  }, deployment.person);
}

const inPage = <T>(work: (vendor: VendorPage) => Promise<T>): Promise<T> =>
  page.evaluate(
    `(async () => { await globalThis.ready; return (${work.toString()})(globalThis); })()`,
  ) as Promise<T>;

const jar = async () =>
  Object.fromEntries(
    (await context.cookies())
      .filter(({ name }) => name.startsWith("privy-"))
      .map((cookie) => [cookie.name, cookie]),
  );

const who = () => page.locator("#who").textContent();
const fromElsewhere = async (to: string) => {
  await page.goto(`${ELSEWHERE}/?to=${encodeURIComponent(to)}`);
  await page.getByText("Read on").click();
  await page.waitForLoadState();
};
const wait = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));

const BY_NAVIGATION = { sessionHost: SESSION_HOST, signInPage: "/sign-in" };

describe("the vendor's unmodified client", () => {
  test("switches to cookies that the server sets, and its storage has no refresh token", async () => {
    await serve(BY_NAVIGATION);
    const calls: string[] = [];
    page.on("request", (request) => calls.push(request.url()));
    const id = await signIn();
    const cookies = await jar();
    expect(cookies["privy-token"]).toMatchObject({
      domain: `.${DOMAIN}`,
      path: "/",
      httpOnly: true,
      secure: true,
      sameSite: "Strict",
    });
    expect(cookies["privy-session"]).toMatchObject({
      value: "t",
      domain: `.${DOMAIN}`,
      httpOnly: false,
    });
    expect(cookies["privy-refresh-token"]).toMatchObject({
      domain: `privy.${DOMAIN}`,
      httpOnly: true,
      secure: true,
    });
    const days = ((cookies["privy-refresh-token"]?.expires ?? 0) * 1000 - Date.now()) / 86_400_000;
    expect(days).toBeGreaterThan(29.9);
    expect(await page.evaluate("document.cookie")).toBe("privy-session=t");
    expect(await page.evaluate("localStorage['privy:refresh_token']")).toBe('"deprecated"');
    expect(await page.evaluate("JSON.stringify(localStorage)")).not.toContain("lk1.");
    const signInCall = calls.find((url) => url.includes("/passwordless/authenticate"));
    expect(signInCall).toMatch(new RegExp(`^${SESSION_HOST}/`));
    expect((await inPage(({ privy }) => privy.user.get())).user.id).toBe(id);
  });

  test("renews by the cookie alone, and signs out of cookies and server", async () => {
    await serve(BY_NAVIGATION);
    await signIn();
    const before = await jar();
    await wait(AFTER_TTL);
    expect(await jar()).not.toHaveProperty("privy-token");
    expect(await inPage(({ privy }) => privy.getAccessToken())).toMatch(/\./);
    expect((await jar())["privy-token"]?.value).not.toBe(before["privy-token"]?.value);
    const { "privy-refresh-token": kept, "privy-session": hint } = await jar();
    // The client does not wait for the server's answer.
    await inPage(({ privy }) => privy.auth.logout());
    await expect.poll(jar).toEqual({});
    await context.addCookies([kept, hint].flatMap((cookie) => cookie ?? []));
    const answer = await page.evaluate(
      async ([host, id]) => {
        const headers = { "content-type": "application/json", "privy-app-id": id ?? "" };
        const init = { method: "POST", headers, body: "{}", credentials: "include" } as const;
        return (await fetch(`${host}/api/v1/sessions`, init)).json();
      },
      [SESSION_HOST, deployment.appId],
    );
    expect(answer).toMatchObject({ code: "missing_or_invalid_token", cause: "logout" });
    expect(await jar()).toEqual({});
  });

  test("is refused from a page of another site, by an error that names it", async () => {
    await page.goto(ELSEWHERE);
    const answer = await page.evaluate(
      async ([url, id]) => (await fetch(`${url}/api/v1/apps/${id}`)).json(),
      [PUBLIC_URL, deployment.appId],
    );
    expect(answer).toMatchObject({ code: "invalid_origin" });
    expect(JSON.stringify(answer)).toContain(ELSEWHERE);
  });
});

describe("a page of the app's server", () => {
  test("knows the user before it is sent, and a token that ran out comes back after one redirect", async () => {
    const app = await serve(BY_NAVIGATION);
    const id = await signIn();
    await page.goto(`${APP}/notes?id=7`);
    expect(await who()).toBe(id);
    await wait(AFTER_TTL);
    app.pages.length = 0;
    await page.goto(`${APP}/notes?id=7`);
    expect(await who()).toBe(id);
    expect(page.url()).toMatch(/\/notes\?id=7&latchkey_refresh=renewed\.\d+$/);
    expect(app.pages).toEqual(["GET /notes 303", "GET /notes 200"]);
  });

  test("sends who is signed out to sign in, once it is known", async () => {
    await serve(BY_NAVIGATION);
    await page.goto(`${APP}/notes`);
    expect(page.url()).toBe(`${APP}/sign-in?redirect_uri=%2Fnotes`);
    await page.goto(`${APP}/open`);
    expect(await who()).toBe("nobody known");
  });

  test("a script's call gets a typed 401 instead of a redirect", async () => {
    await serve(BY_NAVIGATION);
    await signIn();
    await wait(AFTER_TTL);
    const answer = await page.evaluate(async () => {
      const response = await fetch("/notes", { redirect: "error" });
      return { status: response.status, body: await response.json() };
    });
    expect(answer).toMatchObject({ status: 401, body: { code: "refresh_required" } });
  });

  test("while the session server is away nobody is signed out, and coming back is one click (R5)", async () => {
    await serve(BY_NAVIGATION);
    const id = await signIn();
    await page.goto(`${APP}/notes`);
    await wait(AFTER_TTL);
    deployment.front.serve(new URL(SESSION_HOST).host, "http://localhost:9");
    await expect(page.goto(`${APP}/notes`)).rejects.toThrow("ERR_");
    await page.waitForURL(/^chrome-error:/);
    expect(await jar()).toHaveProperty("privy-refresh-token");
    deployment.front.serve(new URL(SESSION_HOST).host, deployment.server.url);
    await page.goto(`${APP}/notes`);
    expect(await who()).toBe(id);
  });
});

describe("a link of another site", () => {
  test("under Strict: the page is loaded again from its own site, without a script, and knows the user", async () => {
    const app = await serve(BY_NAVIGATION);
    const id = await signIn();
    app.pages.length = 0;
    await fromElsewhere(`${APP}/notes`);
    await page.locator("#who").waitFor();
    expect(await who()).toBe(id);
    expect(app.pages).toEqual(["GET /notes 200", "GET /notes 200"]);
    await wait(AFTER_TTL);
    app.pages.length = 0;
    await fromElsewhere(`${APP}/notes`);
    await page.locator("#who").waitFor();
    expect(await who()).toBe(id);
    expect(app.pages).toEqual(["GET /notes 200", "GET /notes 303", "GET /notes 200"]);
  });

  test("under Strict: a page that needs nobody is shown at once, as to a stranger", async () => {
    await serve(BY_NAVIGATION);
    await signIn();
    await fromElsewhere(`${APP}/open`);
    expect(await who()).toBe("nobody known");
  });

  test("under Strict: works without a script", async () => {
    await serve(BY_NAVIGATION);
    const id = await signIn();
    const state = await context.storageState();
    await context.close();
    context = await deployment.browser.newContext({
      javaScriptEnabled: false,
      storageState: state,
    });
    page = await context.newPage();
    await fromElsewhere(`${APP}/notes`);
    await page.locator("#who").waitFor();
    expect(await who()).toBe(id);
  });

  test("under Strict: a stranger is loaded again once, and then sent to sign in", async () => {
    const app = await serve(BY_NAVIGATION);
    app.pages.length = 0;
    await fromElsewhere(`${APP}/notes`);
    await page.waitForURL(/\/sign-in/);
    expect(app.pages).toEqual(["GET /notes 200", "GET /notes 303", "GET /sign-in 200"]);
  });

  test("a redirect to itself would not do: Chromium goes by who began the navigation", async () => {
    const seen: (string | undefined)[] = [];
    const server = createServer((request, response) => {
      if (request.url === "/favicon.ico") return response.writeHead(404).end();
      seen.push(request.headers.cookie);
      if (seen.length < 2) return response.writeHead(303, { location: "/again" }).end();
      return response.end("<!doctype html>there");
    });
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    await serve(BY_NAVIGATION);
    await signIn();
    const { port } = server.address() as AddressInfo;
    deployment.front.serve(`probe.${DOMAIN}`, `http://localhost:${port}`);
    await fromElsewhere(`https://probe.${DOMAIN}/`);
    server.close();
    expect(seen).toEqual([undefined, undefined]);
  });

  describe("under Lax", () => {
    beforeAll(() => setSameSite("lax"));
    afterAll(() => setSameSite("strict"));

    test("the cookies come along at once, and a token that ran out is renewed by one redirect", async () => {
      const app = await serve({ ...BY_NAVIGATION, sameSite: "lax" });
      const id = await signIn();
      expect((await jar())["privy-token"]?.sameSite).toBe("Lax");
      app.pages.length = 0;
      await fromElsewhere(`${APP}/notes`);
      expect(await who()).toBe(id);
      expect(app.pages).toEqual(["GET /notes 200"]);
      await wait(AFTER_TTL);
      app.pages.length = 0;
      await fromElsewhere(`${APP}/notes`);
      expect(await who()).toBe(id);
      expect(app.pages).toEqual(["GET /notes 303", "GET /notes 200"]);
    });
  });
});

describe("a refresh page of the app, with the vendor's client", () => {
  test.each([
    ["the guard", { refreshPage: "/refresh", signInPage: "/sign-in" }],
    ["a middleware that goes by the presence of the cookies", "by_presence"],
  ] as const)("by %s renews and goes on", async (_name, guard) => {
    await serve(guard);
    const id = await signIn();
    await wait(AFTER_TTL);
    await page.goto(`${APP}/notes`);
    await page.locator("#who").waitFor();
    if (guard !== "by_presence") expect(await who()).toBe(id);
    expect(await page.title()).toBe(guard === "by_presence" ? "maybe" : "signed_in");
    expect(await jar()).toHaveProperty("privy-token");
  });
});
