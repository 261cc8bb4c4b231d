import { appClientSettings } from "@latchkey/core/protocol/app-settings";
import * as fc from "fast-check";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { newAppClientId } from "../../apps/ids.ts";
import { type CookieBrowser, openCookieBrowser } from "../testing/cookie-browser.ts";
import { ORIGIN, openTestServer, type TestServer } from "../testing/test-server.ts";
import { changeDomain, SESSION_HOST, verifyDomain } from "../testing/verified-domain.ts";

const ADA = "ada@example.com";
const PAGE = `${ORIGIN}/notes?tag=a+b&latchkey_refresh=sent.1800000000#top`;

let clock = 0;
let server: TestServer;
let browser: CookieBrowser;
let client: string;
let domain: Awaited<ReturnType<typeof verifyDomain>>;

beforeEach(async () => {
  clock = Date.now();
  server = await openTestServer({
    now: () => clock,
    app: {
      httpOnlyCookies: true,
      refreshWindow: 0,
      allowedOrigins: [
        ORIGIN,
        "https://*.example.com",
        "https://example.org",
        "http://localhost:3000",
      ],
    },
  });
  domain = await verifyDomain(server, server.app.id);
  client = newAppClientId();
  const settings = appClientSettings.parse({ allowedOrigins: ["https://shop.example.com"] });
  await server.services.store.apps.createClient({
    id: client,
    appId: server.app.id,
    name: "Shop",
    settings: JSON.stringify(settings),
  });
  browser = openCookieBrowser(server);
});
afterEach(() => server.close());

const url = (query: Record<string, string> | string) =>
  `https://${SESSION_HOST}/session/refresh?${new URLSearchParams(query)}`;
const go = (redirect_uri = PAGE, headers: Record<string, string | undefined> = {}) =>
  browser.navigate(url({ redirect_uri }), headers);
const reasonOf = (location: string | null) =>
  new URL(location ?? "").searchParams.get("latchkey_refresh");

describe("a navigation to /session/refresh", () => {
  test("renews the cookies and returns with the word for it, by 303 and uncached (R8)", async () => {
    await browser.signIn(ADA);
    const before = browser.at(SESSION_HOST);
    clock += 4_000_000;
    const answer = await go();
    expect(answer.status).toBe(303);
    expect(answer.headers.get("location")).toBe(
      `${ORIGIN}/notes?tag=a+b&latchkey_refresh=renewed.1800000000#top`,
    );
    expect(answer.headers.get("cache-control")).toBe("private, no-store");
    expect(answer.headers.get("vary")).toContain("Cookie");
    expect(answer.headers.has("cross-origin-opener-policy")).toBe(false);
    const after = browser.at(SESSION_HOST);
    expect(Object.keys(after)).toEqual(expect.arrayContaining(Object.keys(before)));
    expect(after["privy-refresh-token"]).not.toBe(before["privy-refresh-token"]);
    expect(after["privy-token"]).not.toBe(before["privy-token"]);
    expect((await browser.refresh()).status).toBe(200);
  });

  test("takes redirect_url too", async () => {
    await browser.signIn(ADA);
    const answer = await browser.navigate(url({ redirect_url: `${ORIGIN}/x` }));
    expect(answer.headers.get("location")).toBe(`${ORIGIN}/x?latchkey_refresh=renewed`);
  });

  test("says that nobody is signed in, and removes the hint that said so", async () => {
    await browser.signIn(ADA);
    browser.forget("privy-refresh-token");
    const answer = await go();
    expect(reasonOf(answer.headers.get("location"))).toBe("signed_out.1800000000");
    expect(browser.at("app.example.com")).toEqual({});
  });

  test("removes the cookies of a session that is over (R5)", async () => {
    const { user } = await browser.signIn(ADA);
    const id = user.id.slice("did:privy:".length);
    await server.services.store.sessions.endAllOfUser(id, "revoked");
    expect(reasonOf((await go()).headers.get("location"))).toBe("signed_out.1800000000");
    expect(browser.at(SESSION_HOST)).toEqual({});
  });

  test("takes cookies that the browser kept back for no proof (Strict, another site's link)", async () => {
    await browser.signIn(ADA);
    for (const site of ["cross-site", undefined]) {
      const answer = await go(PAGE, { cookie: "", "sec-fetch-site": site });
      expect(reasonOf(answer.headers.get("location"))).toBe("unknown.1800000000");
      expect(answer.headers.getSetCookie()).toEqual([]);
    }
    expect((await browser.refresh()).status).toBe(200);
  });

  test("comes back when cookies came along from another site (Lax)", async () => {
    await browser.signIn(ADA);
    const answer = await go(PAGE, { "sec-fetch-site": "cross-site" });
    expect(reasonOf(answer.headers.get("location"))).toBe("renewed.1800000000");
  });

  test("of the session's app client returns to that client's origins", async () => {
    const shop = openCookieBrowser(server, {
      clientId: client,
      origin: "https://shop.example.com",
    });
    await shop.signIn(ADA);
    const to = (origin: string) => shop.navigate(url({ redirect_uri: `${origin}/` }));
    expect((await to("https://shop.example.com")).status).toBe(303);
    expect((await to(ORIGIN)).status).toBe(400);
    const named = url({ redirect_uri: "https://shop.example.com/", client_id: client });
    expect((await openCookieBrowser(server).navigate(named)).status).toBe(303);
  });

  test("while the database is away answers a page with a way on, and the session is kept (R5)", async () => {
    await browser.signIn(ADA);
    await go();
    const before = browser.at(SESSION_HOST);
    await server.services.store.close();
    const answer = await go();
    expect(answer.status).toBe(503);
    expect(answer.headers.get("retry-after")).not.toBeNull();
    expect(answer.headers.get("content-type")).toContain("text/html");
    expect(answer.text).toContain("You are not signed out");
    expect(answer.text).toContain("Try again");
    expect(answer.headers.getSetCookie()).toEqual([]);
    expect(browser.at(SESSION_HOST)).toEqual(before);
  });

  test("too often is a page that waits, and the session is kept", async () => {
    await browser.signIn(ADA);
    const [, , sid = ""] = browser.at(SESSION_HOST)["privy-refresh-token"]?.split(".") ?? [];
    for (let count = 0; count < 2000; count++) server.services.limiter.check(sid);
    const answer = await go();
    expect(answer.status).toBe(429);
    expect(answer.text).toContain("latchkey_refresh=unavailable.1800000000");
    expect(answer.headers.getSetCookie()).toEqual([]);
  });
});

describe("is refused, as a page with code and words:", () => {
  test.each([
    ["", "missing"],
    [`${ORIGIN}\\@evil.test/`, "alike"],
    ["/notes", "alike"],
    ["https://evil.test/", "not listed exactly"],
    ["https://shop.example.com/", "not listed exactly"],
    ["https://example.org/", "not listed exactly"],
    ["http://localhost:3000/", "not https"],
    ["https://me@app.example.com/", "user name"],
  ])("a return to %j", async (redirect_uri, words) => {
    await browser.signIn(ADA);
    const answer = await go(redirect_uri);
    expect(answer.status).toBe(400);
    expect(answer.text).toContain(words);
    expect(answer.text).toContain("return_not_allowed");
    expect(answer.headers.get("content-security-policy")).toContain("default-src 'none'");
  });

  test("two addresses to return to", async () => {
    const both = `redirect_uri=${ORIGIN}/a&redirect_url=${ORIGIN}/b`;
    expect((await browser.navigate(url(both))).text).toContain("several");
  });

  test.each([
    ["prefetch", { "sec-purpose": "prefetch;prerender" }],
    ["a frame", { "sec-fetch-dest": "iframe" }],
    ["a script's fetch", { "sec-fetch-mode": "cors", "sec-fetch-dest": "empty" }],
    ["a program", { accept: "application/json" }],
  ])("%s, which renews nothing", async (_name, headers) => {
    await browser.signIn(ADA);
    const before = browser.at(SESSION_HOST);
    const answer = await go(PAGE, headers);
    expect(answer.status).toBe(503);
    expect(answer.text).toContain("not_a_navigation");
    expect(browser.at(SESSION_HOST)).toEqual(before);
  });

  test("hosts that are no active session host", async () => {
    const target = new URLSearchParams({ redirect_uri: PAGE });
    const elsewhere = `https://sessions.example.net/session/refresh?${target}`;
    expect((await browser.navigate(elsewhere)).text).toContain("no_session_host");
    await changeDomain(server.services, domain, "moved");
    clock += 5000;
    expect((await go()).status).toBe(404);
  });

  test("an app without cookies", async () => {
    const settings = { allowedOrigins: [ORIGIN], httpOnlyCookies: false };
    await server.services.store.apps.updateSettings(server.app.id, JSON.stringify(settings));
    clock += 5000;
    expect((await go()).text).toContain("cookies_off");
  });

  test("POST", async () => {
    const answer = await browser.request(url({ redirect_uri: PAGE }), { method: "POST" });
    expect(answer.status).toBe(405);
  });
});

test("whatever is asked for, it leads to a listed origin or nowhere (ASVS 3.7.2)", async () => {
  const piece = fc.constantFrom(
    ORIGIN,
    "https://",
    "evil.test",
    "\\",
    "@",
    "/",
    "//",
    ":",
    "%0d%0a",
    "\t",
    "?",
    "#",
    "app.example.com",
  );
  await fc.assert(
    fc.asyncProperty(fc.array(piece, { maxLength: 5 }), async (pieces) => {
      const answer = await go(pieces.join(""));
      const location = answer.headers.get("location");
      expect(location === null ? 400 : 303).toBe(answer.status);
      if (location !== null) expect(new URL(location).origin).toBe(ORIGIN);
    }),
    { numRuns: 200 },
  );
});
