import { cookieNames } from "@latchkey/core/cookies/cookie-names";
import { readSettings } from "@latchkey/core/protocol/app-settings";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { rememberCookiePrefix } from "../apps/cookie-prefix.ts";
import { type CookieBrowser, openCookieBrowser } from "../http/testing/cookie-browser.ts";
import { openTestServer, type TestServer } from "../http/testing/test-server.ts";
import { changeDomain, SESSION_HOST, verifyDomain } from "../http/testing/verified-domain.ts";

const ADA = "ada@example.com";
let clock = 0;
let server: TestServer;
let browser: CookieBrowser;
let domain: Awaited<ReturnType<typeof verifyDomain>>;

beforeEach(async () => {
  clock = Date.now();
  server = await openTestServer({
    now: () => clock,
    app: { httpOnlyCookies: true, identityToken: true, refreshWindow: 0 },
  });
  domain = await verifyDomain(server, server.app.id);
  browser = openCookieBrowser(server);
});
afterEach(() => server.close());

/** As the command line and the management API do it. */
async function rename(cookiePrefix: string): Promise<void> {
  const { apps } = server.services.store;
  const before = readSettings((await apps.find(server.app.id))?.settings ?? "{}");
  const after = rememberCookiePrefix(before, { ...before, cookiePrefix });
  await apps.updateSettings(server.app.id, JSON.stringify(after));
  clock += 5000;
}

const held = (prefix: string) =>
  Object.values({ ...cookieNames(prefix) }).filter((name) => browser.count(name) > 0).length;

describe("an app's own names for its session's cookies", () => {
  test("a session begun under the old ones goes on, and the browser is rid of them (R5)", async () => {
    await browser.signIn(ADA);
    expect([held("privy"), held("acme")]).toEqual([4, 0]);
    await rename("acme");
    expect((await browser.refresh()).status).toBe(200);
    expect([held("privy"), held("acme")]).toEqual([0, 4]);
    expect((await browser.refresh()).status).toBe(200);
  });

  test("several changes are followed, back and forth too", async () => {
    await browser.signIn(ADA);
    for (const prefix of ["acme", "b", "privy", "c"]) {
      await rename(prefix);
    }
    expect(
      (
        await browser.navigate(
          `https://${SESSION_HOST}/session/refresh?redirect_uri=${encodeURIComponent("https://app.example.com/")}`,
        )
      ).status,
    ).toBe(303);
    expect([held("privy"), held("c")]).toEqual([0, 4]);
    const { settings } = (await server.services.directory.find(server.app.id)) ?? {};
    expect(settings?.formerCookiePrefixes).toEqual(["privy", "b", "acme"]);
  });

  test("signing out takes the cookies of both names", async () => {
    await browser.signIn(ADA);
    await rename("acme");
    expect((await browser.post("/sessions/logout")).status).toBe(200);
    expect([held("privy"), held("acme")]).toEqual([0, 0]);
  });

  test("cookies of a domain that was given up go under their own names, and no stranger's", async () => {
    await rename("acme");
    await browser.signIn(ADA);
    browser.receive(SESSION_HOST, ["other-refresh-token=x; Domain=example.com; Path=/"]);
    await changeDomain(server.services, domain, "released");
    clock += 5000;
    await browser.call("/users/me");
    expect([held("acme"), browser.count("other-refresh-token")]).toEqual([0, 1]);
  });
});
