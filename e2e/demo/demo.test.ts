/** The demo page, with the project's own client, in Chromium. */
import type { Browser, BrowserContext } from "playwright-core";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { refreshBySelf } from "../js-sdk-core/client.ts";
import { launchChromium } from "../support/chromium.ts";
import { type DevServer, startDevServer } from "../support/dev-server.ts";
import { eventually } from "../support/eventually.ts";
import { openDemo, storedRefreshToken } from "./demo-page.ts";

/** Seconds: longer than one retry, so that a repeat falls inside. */
const WINDOW = 2;

let server: DevServer;
let browser: Browser;
let context: BrowserContext;

beforeAll(async () => {
  [server, browser] = await Promise.all([
    startDevServer({ refreshGrace: WINDOW }),
    launchChromium(),
  ]);
});
afterAll(async () => {
  await browser.close();
  await server.stop();
});
beforeEach(async () => {
  context = await browser.newContext();
  context.setDefaultTimeout(20_000);
});
afterEach(() => context.close());

const afterWindow = (page: { waitForTimeout(ms: number): Promise<void> }) =>
  page.waitForTimeout(WINDOW * 1000 + 100);

describe("signing in", () => {
  test("by an e-mailed code lasts over a reload, and the page complains of nothing", async () => {
    const demo = await openDemo(context, server);
    await demo.showsSignInForm();
    const address = await demo.signIn();
    await demo.page.reload();
    await demo.showsUser(address);
    await demo.showsStatus("signed_in");
    expect(demo.complaints).toEqual([]);
  });

  test("in one tab signs the other in at once, and so does signing out", async () => {
    const first = await openDemo(context, server);
    const second = await openDemo(context, server);
    await second.showsSignInForm();
    const address = await first.signIn();
    await second.showsUser(address);
    await second.signOut();
    await first.showsSignInForm();
    expect([...first.complaints, ...second.complaints]).toEqual([]);
  });

  test("with a wrong code says so and leaves the right one usable", async () => {
    const demo = await openDemo(context, server);
    const address = "typo@example.com";
    await demo.page.getByTestId("sign-in-email").fill(address);
    await demo.page.keyboard.press("Enter");
    const code = await server.mailedCode(address);
    await demo.page.getByTestId("sign-in-code").fill(code === "111111" ? "222222" : "111111");
    await demo.page.keyboard.press("Enter");
    await demo.page
      .getByRole("alert")
      .or(demo.page.locator("[aria-invalid=true]"))
      .first()
      .waitFor();
    await demo.page.getByTestId("sign-in-code").fill(code);
    await demo.page.keyboard.press("Enter");
    await demo.showsUser(address);
  });

  test("as a guest works, and lasts over a reload", async () => {
    const demo = await openDemo(context, server);
    await demo.page.getByTestId("sign-in-guest").click();
    await demo.showsUser("A guest");
    await demo.page.reload();
    await demo.showsUser("A guest");
    expect(demo.complaints).toEqual([]);
  });

  test("leaves the cookies that an app's server reads, and signing out takes them away", async () => {
    const demo = await openDemo(context, server);
    const names = async () => (await context.cookies()).map(({ name }) => name).sort();
    await demo.signIn();
    expect(await names()).toEqual(expect.arrayContaining(["privy-session", "privy-token"]));
    const cookies = await context.cookies();
    expect(cookies.find(({ name }) => name === "privy-session")?.value).toBe("t");
    expect(cookies.find(({ name }) => name === "privy-token")).toMatchObject({
      value: expect.stringMatching(/^ey/),
      sameSite: "Strict",
      path: "/",
    });
    expect(JSON.stringify(cookies)).not.toContain(await storedRefreshToken(demo.page));
    await demo.signOut();
    expect(await names()).not.toContain("privy-session");
    expect(await names()).not.toContain("privy-token");
  });
});

describe("refreshing", () => {
  test("moves at most once a window, over and over", async () => {
    const demo = await openDemo(context, server);
    await demo.signIn();
    await afterWindow(demo.page);
    const start = await demo.generation();
    await demo.refreshNow();
    await demo.refreshNow();
    expect(await demo.generation()).toBe(start + 1);
    await afterWindow(demo.page);
    await demo.refreshNow();
    expect(await demo.generation()).toBe(start + 2);
    expect(demo.complaints).toEqual([]);
  });

  test("in four tabs at the same moment leaves all of them signed in", async () => {
    const first = await openDemo(context, server);
    const address = await first.signIn();
    const tabs = [first];
    while (tabs.length < 4) tabs.push(await openDemo(context, server));
    for (let round = 0; round < 2; round += 1) {
      await afterWindow(first.page);
      await Promise.all(tabs.map((tab) => tab.refreshNow()));
    }
    const generations = await Promise.all(tabs.map((tab) => tab.generation()));
    expect(new Set(generations).size).toBe(1);
    await Promise.all(tabs.map((tab) => tab.showsUser(address)));
    expect(tabs.flatMap((tab) => tab.complaints)).toEqual([]);
  });

  test("whose answer is lost after the server took it goes on with the repeated one", async () => {
    const demo = await openDemo(context, server);
    const address = await demo.signIn();
    await afterWindow(demo.page);
    let lost = 0;
    await context.route(
      "**/api/v1/sessions",
      async (route) => {
        await route.fetch();
        lost += 1;
        await route.abort("connectionreset");
      },
      { times: 1 },
    );
    await demo.refreshNow();
    expect(lost).toBe(1);
    await afterWindow(demo.page);
    await demo.refreshNow();
    await demo.showsUser(address);
  });
});

describe("never signs out on", () => {
  test("429, 500 and 503", async () => {
    await Promise.all(
      [
        { status: 429, body: '{"error":"slow down","code":"too_many_requests"}' },
        { status: 500, body: '{"error":"broken","code":"internal_error"}' },
        { status: 503, body: "<html>Service Unavailable</html>", contentType: "text/html" },
      ].map(async (answer) => {
        const own = await browser.newContext();
        const demo = await openDemo(own, server);
        const address = await demo.signIn();
        const token = await storedRefreshToken(demo.page);
        let answered = 0;
        await own.route("**/api/v1/sessions", (route) => {
          answered += 1;
          return route.fulfill(answer);
        });
        await demo.page.getByTestId("refresh-now").click();
        await demo.page.getByTestId("answer").filter({ hasText: "Refreshing:" }).waitFor();
        expect(answered).toBeGreaterThan(0);
        await demo.showsUser(address);
        expect(await storedRefreshToken(demo.page)).toBe(token);
        await own.unroute("**/api/v1/sessions");
        await demo.refreshNow();
        await demo.showsUser(address);
        await own.close();
      }),
    );
  });

  test("a network that is away, also over a reload", async () => {
    const demo = await openDemo(context, server);
    const address = await demo.signIn();
    await context.route("**/api/v1/**", (route) => route.abort("internetdisconnected"));
    await demo.page.reload();
    await demo.showsUser(address);
    await context.unroute("**/api/v1/**");
    await demo.refreshNow();
  });
});

test("a restart of the server, clean or not, signs nobody out", async () => {
  const demo = await openDemo(context, server);
  const address = await demo.signIn();
  for (const signal of ["SIGTERM", "SIGKILL"] as const) {
    await server.kill(signal);
    await server.start();
    await afterWindow(demo.page);
    await demo.refreshNow();
    await demo.page.reload();
    await demo.showsUser(address);
  }
});

test("a server that is away is said to be, and found again by itself", async () => {
  const demo = await openDemo(context, server);
  const address = await demo.signIn();
  await server.kill("SIGTERM");
  await demo.page.getByTestId("refresh-now").click();
  await demo.page.getByTestId("answer").filter({ hasText: "unavailable" }).waitFor();
  await demo.showsUser(address);
  await server.start();
  await demo.refreshNow();
});

describe("signing out", () => {
  test("ends the session on the server", async () => {
    const demo = await openDemo(context, server);
    await demo.signIn();
    const token = await storedRefreshToken(demo.page);
    await demo.signOut();
    await demo.page.getByTestId("end-reason").waitFor();
    await eventually(() =>
      expect(refreshBySelf(server, server.credentials.app_id, token)).resolves.toMatchObject({
        code: "missing_or_invalid_token",
        cause: "logout",
      }),
    );
    await demo.page.reload();
    await demo.showsSignInForm();
    expect(demo.complaints).toEqual([]);
  });

  test("while the server is away is made good once it is back", async () => {
    const demo = await openDemo(context, server);
    await demo.signIn();
    const token = await storedRefreshToken(demo.page);
    await context.route("**/api/v1/**", (route) => route.abort("internetdisconnected"));
    await demo.page.getByTestId("sign-out").click();
    await demo.showsStatus("signed_out");
    await context.unroute("**/api/v1/**");
    await demo.page.reload();
    await eventually(() =>
      expect(refreshBySelf(server, server.credentials.app_id, token)).resolves.toMatchObject({
        code: "missing_or_invalid_token",
        cause: "logout",
      }),
    );
  });

  test("by an operator is told with its reason at the next refresh", async () => {
    const demo = await openDemo(context, server);
    const address = await demo.signIn();
    const { app_id, app_secret } = server.credentials;
    const asApp = {
      authorization: `Basic ${btoa(`${app_id}:${app_secret}`)}`,
      "privy-app-id": app_id,
      "content-type": "application/json",
    };
    const found = await fetch(`${server.url}/api/v1/users/email/address`, {
      method: "POST",
      headers: asApp,
      body: JSON.stringify({ address }),
    });
    const { id } = (await found.json()) as { id: string };
    await fetch(`${server.url}/api/v1/users/${id}`, { method: "DELETE", headers: asApp });
    await demo.page.getByTestId("refresh-now").click();
    await demo.showsSignInForm();
    await demo.page.getByTestId("end-reason").filter({ hasText: "user_deleted" }).waitFor();
  });
});
