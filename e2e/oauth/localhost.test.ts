/** Signing in with a provider, on localhost: our form and our client, in a real browser at a real provider. */
import { rmSync } from "node:fs";
import { join } from "node:path";
import type { Browser, BrowserContext, Page } from "playwright-core";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { launchChromium } from "../support/chromium.ts";
import { type DevServer, startDevServer } from "../support/dev-server.ts";
import { eventually } from "../support/eventually.ts";
import { root } from "../support/server-process.ts";
import { type StaticSite, serveSite } from "../support/static-site.ts";
import { viteBuild } from "../support/vite-build.ts";
import {
  BUTTON,
  consentAt,
  declineAt,
  logInAt,
  PROVIDER,
  type ProviderProcess,
  startProvider,
} from "./provider-process.ts";

let server: DevServer;
let browser: Browser;
let provider: ProviderProcess;
let built: string;
let site: StaticSite;
let context: BrowserContext;
let page: Page;

beforeAll(async () => {
  [server, browser, provider] = await Promise.all([
    startDevServer(),
    launchChromium(),
    startProvider(),
  ]);
  const { app_id: appId } = server.credentials;
  await provider.addTo(appId, server.latchkey, [server.url]);
  built = await viteBuild(join(root, "e2e/oauth/site"), {
    VITE_APP_ID: appId,
    VITE_SERVER_URL: server.url,
  });
  site = await serveSite(built);
}, 120_000);
afterAll(async () => {
  await site?.close();
  await browser?.close();
  await provider?.stop();
  await server?.stop();
  if (built) rmSync(built, { recursive: true, force: true });
});
beforeEach(async () => {
  await context?.close();
  context = await browser.newContext();
  context.setDefaultTimeout(10_000);
  page = await context.newPage();
});

const shows = (id: string, text: string, on = page) =>
  on.locator(`#${id}`).filter({ hasText: text }).waitFor();
const parameters = () => [...new URL(page.url()).searchParams.keys()];

describe("the sign-in form", () => {
  const userId = () =>
    page.evaluate(
      (id) => JSON.parse(localStorage.getItem(`latchkey:${id}`) ?? "").session.user.id as string,
      server.credentials.app_id,
    );

  test("goes to the provider and comes back signed in, as the same user each time, with a clean address", async () => {
    await page.goto(`${server.url}/demo/?tab=notes`);
    await page.getByRole("button", { name: BUTTON }).click();
    await consentAt(page, "ada");
    await page.getByTestId("sign-out").waitFor();
    expect(page.url()).toBe(`${server.url}/demo/?tab=notes`);
    const first = await userId();
    await page.getByTestId("sign-out").click();
    await page.getByRole("button", { name: BUTTON }).click();
    // The provider remembers who it is.
    await page.getByTestId("sign-out").waitFor();
    expect(await userId()).toBe(first);
  });

  test("signs in offline with development's own provider, added by the command that the guide has", async () => {
    const issuer = `${server.url}/dev/idp`;
    const fixed = ["--client-id", "demo", "--public", "--slug", "test", "--name", "Test provider"];
    const { app_id: appId } = server.credentials;
    await server.latchkey("providers", "add", appId, "oidc", "--issuer", issuer, ...fixed);
    const button = page.getByRole("button", { name: "Continue with Test provider" });
    const open = async () => {
      // What the server knows of an app's providers is at most five seconds old.
      await eventually(async () => {
        await page.goto(`${server.url}/demo/`);
        await button.click({ timeout: 1000 });
      });
      await page.getByRole("heading", { name: "Test provider" }).waitFor();
    };
    await open();
    await page.getByRole("button", { name: "Cancel" }).click();
    await page.getByRole("alert").filter({ hasText: "The sign-in was cancelled." }).waitFor();
    await open();
    await page.getByLabel("E-mail address").fill("grace@example.com");
    await page.getByRole("button", { name: "Continue" }).click();
    await page.getByTestId("user-email").filter({ hasText: "grace@example.com" }).waitFor();
  });

  test("says that a provider does not answer, and that other ways still work", async () => {
    // Nothing listens there.
    const fixed = ["--issuer", "http://127.0.0.1:9", "--client-id", "x", "--public"];
    const { app_id: appId } = server.credentials;
    const named = ["--slug", "gone", "--name", "Gone"];
    await server.latchkey("providers", "add", appId, "oidc", ...fixed, ...named);
    await eventually(async () => {
      await page.goto(`${server.url}/demo/`);
      await page.getByRole("button", { name: "Continue with Gone" }).click({ timeout: 1000 });
    });
    const words = "The provider does not answer just now. Try again, or sign in another way.";
    await page.getByRole("alert").filter({ hasText: words }).waitFor();
    expect(await page.getByTestId("sign-in-email").isEnabled()).toBe(true);
  });

  test("says in words that it was cancelled, and offers the same ways again", async () => {
    await page.goto(`${server.url}/demo/`);
    await page.getByRole("button", { name: BUTTON }).click();
    await declineAt(page);
    await page.getByRole("alert").filter({ hasText: "The sign-in was cancelled." }).waitFor();
    expect(parameters()).toEqual([]);
    expect(await page.getByRole("button", { name: BUTTON }).isEnabled()).toBe(true);
    expect(await page.getByTestId("sign-in-email").isEnabled()).toBe(true);
  });
});

describe("the client without a framework", () => {
  test("signs in in a window of its own while the page stays", async () => {
    await page.goto(site.url);
    await shows("status", "signed_out");
    const [popup] = await Promise.all([page.waitForEvent("popup"), page.click("#popup")]);
    const closed = popup.waitForEvent("close");
    await consentAt(popup, "bob");
    await closed;
    await shows("outcome", `sign_in ${PROVIDER}`);
    await shows("status", "signed_in");
    expect(page.url()).toBe(`${site.url}/`);
  });

  test("says that the window was closed, declined in, or never opened", async () => {
    await page.goto(site.url);
    await shows("status", "signed_out");
    const open = async () => {
      const [popup] = await Promise.all([page.waitForEvent("popup"), page.click("#popup")]);
      await popup.locator("input[name=login]").waitFor();
      return popup;
    };
    await (await open()).close();
    await shows("outcome", "popup_closed");
    await declineAt(await open());
    await shows("outcome", "oauth_user_denied");
    await page.evaluate("window.open = () => null");
    await page.click("#popup");
    await shows("outcome", "popup_blocked");
    await shows("status", "signed_out");
  });

  test("adds the account to who is signed in, and takes it away again", async () => {
    await page.goto(site.url);
    await shows("status", "signed_out");
    await signInByCode();
    await page.click("#link");
    await consentAt(page, "cleo");
    await shows("outcome", `link ${PROVIDER}`);
    await shows("accounts", PROVIDER);
    await shows("accounts", "email");
    expect(parameters()).toEqual([]);
    await page.click("#unlink");
    await shows("outcome", "removed");
    expect(await page.locator("#accounts").textContent()).toBe("email");
  });

  test("takes no answer that another tab has asked for", async () => {
    await page.goto(site.url);
    await page.click("#redirect");
    await page.locator("input[name=login]").waitFor();
    const begun = page.url();
    const other = await context.newPage();
    await other.goto(begun);
    await consentAt(other, "dora");
    await shows("outcome", "oauth_state_mismatch", other);
    await shows("status", "signed_out", other);
    expect(new URL(other.url()).search).toBe("");
  });

  test("lets two tabs sign in at once, each by its own way there and back", async () => {
    const other = await context.newPage();
    for (const tab of [page, other]) {
      await tab.goto(site.url);
      await tab.click("#redirect");
      await tab.locator("input[name=login]").waitFor();
    }
    await consentAt(other, "fay");
    await shows("outcome", `sign_in ${PROVIDER}`, other);
    await logInAt(page, "fay");
    await shows("outcome", `sign_in ${PROVIDER}`);
    await shows("status", "signed_in", other);
  });

  async function signInByCode(): Promise<void> {
    const email = `${crypto.randomUUID()}@example.com`;
    await page.evaluate(`latchkey.sendCode({ email: "${email}" })`);
    const code = await server.mailedCode(email);
    await page.evaluate(`latchkey.signInWithCode({ email: "${email}", code: "${code}" })`);
    await shows("status", "signed_in");
  }
});

test("the vendor's unmodified client signs in by its own OAuth flow, and is told of a denial", async () => {
  const vendor = `${site.url}/?client=vendor`;
  const go = async () => {
    await page.goto(vendor);
    await shows("status", "vendor");
    const { url } = (await page.evaluate(
      `privy.auth.oauth.generateURL("${PROVIDER}", location.href)`,
    )) as { url: string };
    await page.goto(url);
  };
  const finish = () =>
    page.evaluate(`(async () => {
      const query = new URLSearchParams(location.search);
      const read = (name) => query.get("privy_oauth_" + name);
      const { user } = await privy.auth.oauth.loginWithCode(read("code"), read("state"), read("provider"));
      return user.linked_accounts.map(({ type }) => type);
    })()`);
  await go();
  await consentAt(page, "eve");
  await shows("status", "vendor");
  expect(new URL(page.url()).searchParams.get("privy_oauth_provider")).toBe(PROVIDER);
  expect(await finish()).toContain(PROVIDER);

  await context.clearCookies();
  await page.evaluate("localStorage.clear()");
  await go();
  await declineAt(page);
  await shows("status", "vendor");
  expect(new URL(page.url()).searchParams.get("privy_oauth_code")).toBe("undefined");
  await expect(finish()).rejects.toThrow();
});
