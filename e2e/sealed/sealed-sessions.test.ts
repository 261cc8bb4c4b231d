import { setTimeout as wait } from "node:timers/promises";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { signInByCode } from "../app-server/plain-browser.ts";
import { impersonationCode, openWorkOS } from "../app-server/workos.ts";
import { type DevServer, startDevServer } from "../support/dev-server.ts";
import { type Fault, type Faults, openFaults } from "./fault-server.ts";
import { type SiteVisitor, siteVisitor } from "./site-visitor.ts";
import { nodeSite } from "./sites/node-site.ts";
import { openSite, PASSWORD, type Site } from "./sites/site.ts";

const TTL = 3;
let server: DevServer;
let faults: Faults;
let app: Site;
let people = 0;

beforeAll(async () => {
  server = await startDevServer({ accessTokenTtl: TTL });
  faults = await openFaults(server.url);
  app = await openSite(nodeSite, server, { fetch: faults.fetch });
});
afterAll(async () => {
  await app?.close();
  await faults?.close();
  await server?.stop();
});

const expiry = () => wait(TTL * 1_000 + 300);

async function signIn(at = app, visitor = siteVisitor()): Promise<SiteVisitor> {
  const email = `person-${++people}@example.com`;
  const sentAway = await visitor.visit(`${at.url}/notes?page=2`);
  const back = await signInByCode(server.url, sentAway.location, email, () =>
    server.mailedCode(email),
  );
  const returned = await visitor.visit(back.href);
  expect([returned.status, returned.location]).toEqual([303, "/notes?page=2"]);
  return visitor;
}

test("signs in by the hosted pages and back to the page asked for, private to whoever asked", async () => {
  const visitor = await signIn();
  const page = await visitor.visit(`${app.url}/notes?page=2`);
  expect([page.status, page.text]).toEqual([200, `person-${people}@example.com`]);
  expect(page.headers.get("cache-control")).toBe("private, no-store");
  expect(page.headers.get("vary")).toMatch(/cookie/i);
  expect([...visitor.cookies.keys()]).toEqual(["theme", "wos-session"]);
  expect(visitor.cookies.get("wos-session")?.length).toBeLessThan(2_048);
});

test("refreshes an expired session silently, also eight times at once and twice with one cookie", async () => {
  const visitor = await signIn();
  await expiry();
  const old = visitor.copy();
  const pages = await Promise.all(Array.from({ length: 8 }, () => old.copy().visit(app.url)));
  expect(pages.map(({ status }) => status)).toEqual(Array(8).fill(200));
  expect((await old.visit(app.url)).status).toBe(200);
  expect(old.cookies.get("wos-session")).not.toBe(visitor.cookies.get("wos-session"));
  await expiry();
  expect((await old.visit(app.url)).status).toBe(200);
});

test("two processes refresh one cookie and both go on", async () => {
  const visitor = await signIn();
  const second = await openSite(nodeSite, server);
  try {
    await expiry();
    const [here, there] = [visitor.copy(), visitor.copy()];
    const pages = await Promise.all([here.visit(app.url), there.visit(second.url)]);
    expect(pages.map(({ status }) => status)).toEqual([200, 200]);
    await expiry();
    expect((await here.visit(second.url)).status).toBe(200);
    expect((await there.visit(app.url)).status).toBe(200);
  } finally {
    await second.close();
  }
});

test("signing out ends it here and at the server: the old cookie is dead everywhere", async () => {
  const visitor = await signIn();
  const thief = visitor.copy();
  const out = await visitor.visit(`${app.url}/sign-out`, { method: "POST" });
  expect([...visitor.cookies.keys()]).toEqual(["theme"]);
  expect(out.location).toContain(`${server.url}/user_management/sessions/logout`);
  const away = await fetch(out.location, { redirect: "manual" });
  expect(away.headers.get("location")).toBe(`${app.url}/bye`);
  expect((await thief.copy().visit(app.url)).status).toBe(302);
  const second = await openSite(nodeSite, server);
  try {
    await expiry();
    expect((await thief.visit(second.url)).status).toBe(302);
    expect(thief.cookies.has("wos-session")).toBe(false);
  } finally {
    await second.close();
  }
});

const json = (status: number, error: string) => ({
  status,
  type: "application/json",
  body: JSON.stringify({ error, error_description: "for a test" }),
});

describe.each<[string, Fault]>([
  ["401", json(401, "invalid_client")],
  ["429", json(429, "rate_limit_exceeded")],
  ["500", json(500, "server_error")],
  ["HTML 502", { status: 502, type: "text/html", body: "<h1>Bad gateway</h1>" }],
  ["nothing, ever", "hang"],
  ["no connection", "disappear"],
  ["a connection that breaks before each answer", "lose-answers"],
])("with %s in the session server's place (R5)", (_, fault) => {
  test("no session is lost and the page answers within 5 s", async () => {
    const visitor = await signIn();
    await expiry();
    const before = visitor.cookies.get("wos-session");
    await faults.begin(fault);
    const began = performance.now();
    const page = await visitor.visit(app.url);
    const took = performance.now() - began;
    faults.end();
    expect(page.status).toBe(503);
    expect(Number(page.headers.get("retry-after"))).toBeGreaterThan(0);
    expect(took).toBeLessThan(5_000);
    expect(visitor.cookies.get("wos-session")).toBe(before);
    await wait(Number(page.headers.get("retry-after")) * 1_000 + 100);
    expect((await visitor.visit(app.url)).status).toBe(200);
  });
});

test("a cookie that the vendor's SDK sealed opens here, and one of ours there", async () => {
  const workos = openWorkOS(server);
  const email = "vendor@example.com";
  await workos.userManagement.createUser({ email, emailVerified: true });
  const { sealedSession = "" } = await workos.userManagement.authenticateWithCode({
    code: await impersonationCode(server, email),
    session: { sealSession: true, cookiePassword: PASSWORD },
  });
  const visitor = siteVisitor(new Map([["wos-session", sealedSession]]));
  expect((await visitor.visit(app.url)).text).toBe(email);
  expect(visitor.cookies.get("wos-session")).toMatch(/^lks1\./);

  const sharing = await openSite(nodeSite, server, { seal: "iron" });
  try {
    const ours = await signIn(sharing);
    const session = workos.userManagement.loadSealedSession({
      sessionData: ours.cookies.get("wos-session") ?? "",
      cookiePassword: PASSWORD,
    });
    expect(await session.refresh()).toMatchObject({ authenticated: true });
    expect(await session.authenticate()).toMatchObject({
      authenticated: true,
      user: { email: `person-${people}@example.com` },
    });
  } finally {
    await sharing.close();
  }
});

test("the password is rotated with nobody signed out; an app with another one leaves the cookie", async () => {
  const newest = "next:the password after that of 32 characters";
  const open = (cookiePassword: string) => openSite(nodeSite, server, { cookiePassword });
  const both = await open(`${newest},1:${PASSWORD}`);
  const other = await open("other:the password of a third app on the domain");
  try {
    const visitor = await signIn();
    const sealed = visitor.cookies.get("wos-session");
    const third = await visitor.visit(other.url);
    expect([third.status, visitor.cookies.get("wos-session")]).toEqual([302, sealed]);
    await visitor.visit(`${other.url}/sign-out`, { method: "POST" });
    expect(visitor.cookies.get("wos-session")).toBe(sealed);
    expect((await visitor.visit(both.url)).status).toBe(200);
    expect(visitor.cookies.get("wos-session")).toMatch(/^lks1\.next\./);
  } finally {
    await both.close();
    await other.close();
  }
});

test("an operator's impersonation begins at the callback without a state", async () => {
  const email = "mary@example.com";
  await openWorkOS(server).userManagement.createUser({ email, emailVerified: true });
  const visitor = siteVisitor();
  const code = await impersonationCode(server, email);
  await visitor.visit(`${app.url}/callback?code=${code}`);
  expect((await visitor.visit(app.url)).text).toBe(email);
});
