/** The session manager in the frameworks themselves, against the real server. */
import { setTimeout as wait } from "node:timers/promises";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { signInByCode } from "../app-server/plain-browser.ts";
import { type DevServer, startDevServer } from "../support/dev-server.ts";
import { type Faults, openFaults } from "./fault-server.ts";
import { type SiteVisitor, siteVisitor, type Visit } from "./site-visitor.ts";
import { expressSite } from "./sites/express-site.ts";
import { fastifySite } from "./sites/fastify-site.ts";
import { honoSite } from "./sites/hono-site.ts";
import { nodeSite } from "./sites/node-site.ts";
import { type OpenSite, openSite, type Site } from "./sites/site.ts";

const TTL = 3;
let server: DevServer;
let faults: Faults;
let people = 0;

beforeAll(async () => {
  server = await startDevServer({ accessTokenTtl: TTL });
  faults = await openFaults(server.url);
});
afterAll(async () => {
  await faults?.close();
  await server?.stop();
});

const expiry = () => wait(TTL * 1_000 + 300);
const frameworks: [string, OpenSite][] = [
  ["Express 5", expressSite],
  ["Fastify 5", fastifySite],
  ["Hono 4", honoSite],
  ["node:http", nodeSite],
];

describe.each(frameworks)("on %s", (_name, open) => {
  let site: Site;
  beforeAll(async () => {
    site = await openSite(open, server, { fetch: faults.fetch });
  });
  afterAll(() => site?.close());

  async function signIn(): Promise<{ visitor: SiteVisitor; email: string }> {
    const visitor = siteVisitor();
    people += 1;
    const email = `framework-${people}@example.com`;
    const sentAway = await visitor.visit(`${site.url}/notes?page=2`);
    expect(sentAway.status).toBe(302);
    expectPrivate(sentAway);
    const back = await signInByCode(server.url, sentAway.location, email, () =>
      server.mailedCode(email),
    );
    const returned = await visitor.visit(back.href);
    expect([returned.status, returned.location]).toEqual([303, "/notes?page=2"]);
    expectPrivate(returned);
    // Two cookies of the manager's, the flow that is over and the session, beside the site's own.
    const names = returned.headers.getSetCookie().map((line) => line.split("=")[0] ?? "");
    expect(names.toSorted()).toEqual(["theme", expect.stringMatching(/^wos-auth-/), "wos-session"]);
    return { visitor, email };
  }

  test("signs in, shows a page, refreshes it when it is due, and signs out for good", async () => {
    const { visitor, email } = await signIn();
    const page = await visitor.visit(`${site.url}/notes`);
    expect([page.status, page.text]).toEqual([200, email]);
    expectPrivate(page);
    expect(page.headers.getSetCookie()).toEqual(["theme=dark; Path=/"]);

    await expiry();
    const before = visitor.cookies.get("wos-session");
    const refreshed = await visitor.visit(`${site.url}/notes`);
    expect([refreshed.status, refreshed.text]).toEqual([200, email]);
    expectPrivate(refreshed);
    expect(refreshed.headers.getSetCookie()).toHaveLength(2);
    expect(visitor.cookies.get("wos-session")).not.toBe(before);

    const thief = visitor.copy();
    const out = await visitor.visit(`${site.url}/sign-out`, { method: "POST" });
    expect(out.status).toBe(303);
    expectPrivate(out);
    expect([...visitor.cookies.keys()]).toEqual(["theme"]);
    const away = await fetch(out.location, { redirect: "manual" });
    expect(away.headers.get("location")).toBe(`${site.url}/bye`);
    expect((await thief.visit(`${site.url}/notes`)).status).toBe(302);
  });

  test.each([
    ["garbage", "wos-session=%00%ff; wos-session=%"],
    ["a seal cut short", "wos-session=lks1.1.AAAA"],
    ["a broken documented seal", "wos-session=Fe26.2*1*x*y*z**a*b~2"],
    ["parts without the others", "wos-session.0=3.AAAAAAAAAAAAAAAA.x; wos-session.7=y"],
    ["no name and no value", "=; ;;; wos-session; =wos-session"],
    ["quotes and spaces", 'wos-session=" lks1.1. "; wos-session = x'],
  ])("a malformed cookie (%s) is nobody's session, and no error", async (_case, cookie) => {
    const page = await siteVisitor().visit(`${site.url}/notes`, { headers: { cookie } });
    expect(page.status).toBe(302);
    const removed = page.headers.getSetCookie().filter((line) => line.startsWith("wos-session"));
    expect(removed).toEqual([]);
  });

  test("with the session server away it answers 503 and keeps the cookie (R5)", async () => {
    const { visitor, email } = await signIn();
    await expiry();
    await faults.begin({ status: 502, type: "text/html", body: "<h1>Bad gateway</h1>" });
    const page = await visitor.visit(`${site.url}/notes`);
    faults.end();
    expect(page.status).toBe(503);
    expect(Number(page.headers.get("retry-after"))).toBeGreaterThan(0);
    expectPrivate(page);
    await wait(Number(page.headers.get("retry-after")) * 1_000 + 100);
    expect((await visitor.visit(`${site.url}/notes`)).text).toBe(email);
  });

  test("behind a trusted proxy that ends TLS its cookies are Secure; whoever calls cannot say so", async () => {
    const headers = { "x-forwarded-proto": "https" };
    const proxied = await openSite(open, server, { trustProxy: true });
    try {
      const [trusted, untrusted, plain] = await Promise.all([
        siteVisitor().visit(`${proxied.url}/notes`, { headers }),
        siteVisitor().visit(`${site.url}/notes`, { headers }),
        siteVisitor().visit(`${proxied.url}/notes`, { headers: { "x-forwarded-proto": "http" } }),
      ]);
      expect(sessionCookies(trusted).join()).toMatch(/; Secure/);
      expect(sessionCookies(untrusted).join()).not.toMatch(/; Secure/);
      expect(sessionCookies(plain).join()).not.toMatch(/; Secure/);
    } finally {
      await proxied.close();
    }
  });
});

const sessionCookies = ({ headers }: Visit) =>
  headers.getSetCookie().filter((line) => line.startsWith("wos-"));

/** Whatever the framework said of the page (session rule R8). */
function expectPrivate({ headers }: Visit): void {
  expect(headers.get("cache-control")).toBe("private, no-store");
  expect(headers.get("cdn-cache-control")).toBe("private, no-store");
  expect(headers.get("vary")).toMatch(/cookie/i);
}
