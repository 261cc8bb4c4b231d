import { beforeEach, describe, expect, it } from "vitest";
import {
  APP,
  createSessionServer,
  FAULTS,
  SERVER,
  type SessionServer,
} from "../test-support/session-server.ts";
import { createSite, forwarded, redirectOf, type Site } from "../test-support/site.ts";
import { withAuth } from "./with-auth.ts";

let server: SessionServer;
let site: Site;

beforeEach(async () => {
  server = await createSessionServer();
  site = createSite(server);
});

describe("withAuth on a route that no proxy covers", () => {
  it("says who is signed in, and nobody for nobody", async () => {
    expect(await withAuth(site.page().ports)).toEqual({ user: null });
    await site.signIn();
    const { user, sessionId, accessToken } = await withAuth(site.page().ports);
    expect(user?.email).toBe("ada@example.com");
    expect(sessionId).toBe("session_0");
    expect(accessToken).toMatch(/^eyJ/);
  });

  it("believes no header of the client's, whatever it is called", async () => {
    await site.signIn();
    const stolen = site.jar.get("wos-session") ?? "";
    site.jar.clear();
    const headers = { "x-workos-middleware": "true", "x-workos-session": stolen };
    expect(await withAuth(site.page({ headers }).ports)).toEqual({ user: null });
  });

  it("sends a page whose token is over by way of the callback, and back to itself", async () => {
    await site.signIn();
    server.pass(901);
    const url = await redirectOf(withAuth(site.page({ path: "/notes?page=2" }).ports));
    expect(url).toMatch(`${APP}/callback?start=`);
    const answer = site.keep(await site.callback()(site.request(url)));
    expect(answer.headers.get("location")).toBe("/notes?page=2");
    expect((await withAuth(site.page().ports)).user?.id).toBe("user_01");
  });

  it("refreshes in place where cookies can be set", async () => {
    await site.signIn();
    server.pass(901);
    const { ports, sets } = site.page({ writable: true });
    expect((await withAuth(ports)).user?.id).toBe("user_01");
    expect(sets.map(({ name }) => name)).toContain("wos-session");
    expect((await withAuth(site.page().ports)).user?.id).toBe("user_01");
    expect(server.calls).toHaveLength(2);
  });

  it("sees in one request what was refreshed in it", async () => {
    await site.signIn();
    server.pass(901);
    const { ports } = site.page({ writable: true });
    const first = await withAuth(ports);
    expect((await withAuth(ports)).accessToken).toBe(first.accessToken);
  });
});

describe("withAuth behind the proxy", () => {
  it("sees the session that the proxy refreshed for the same request", async () => {
    await site.signIn();
    server.pass(901);
    const answer = await site.proxy(site.request("/notes"));
    const headers = Object.fromEntries(forwarded(answer));
    const auth = await withAuth(site.page({ headers }).ports);
    expect(auth.user?.id).toBe("user_01");
    expect(server.calls).toHaveLength(2);
  });

  it("refuses a session that is over though somebody writes it into the proxy's header", async () => {
    await site.signIn();
    const old = site.jar.get("wos-session") ?? "";
    server.end();
    server.pass(901);
    const answer = await site.proxy(site.request("/notes", { "x-workos-session": old }));
    expect(forwarded(answer).get("x-workos-session")).toBeNull();
    const headers = Object.fromEntries(forwarded(answer));
    expect(await withAuth(site.page({ headers }).ports)).toEqual({ user: null });
  });

  it("goes on without the user, and says so, while the session server is away (R5)", async () => {
    await site.signIn();
    server.pass(901);
    server.fail(FAULTS["HTML 502"] as never);
    const answer = await site.proxy(site.request("/"));
    const headers = Object.fromEntries(forwarded(answer));
    const auth = await withAuth(site.page({ headers }).ports);
    expect(auth).toEqual({ user: null, unavailable: true });
    const calls = server.calls.length;
    const url = await redirectOf(withAuth(site.page({ headers }).ports, { ensureSignedIn: true }));
    const asked = site.request(url, { "x-workos-middleware": "unavailable" });
    expect((await site.callback()(asked)).status).toBe(503);
    expect(server.calls).toHaveLength(calls);
    expect(site.jar.has("wos-session")).toBe(true);
  });
});

describe("ensureSignedIn", () => {
  it("works while a page is rendered: to the sign-in, and back to the page", async () => {
    const page = site.page({ path: "/notes?page=2" });
    const url = await redirectOf(withAuth(page.ports, { ensureSignedIn: true }));
    const started = site.keep(await site.callback()(site.request(url)));
    const authorize = started.headers.get("location") ?? "";
    expect(authorize).toContain(`${SERVER}/user_management/authorize`);
    const back = site.keep(await site.callback()(site.request(server.callback(authorize))));
    expect(back.headers.get("location")).toBe("/notes?page=2");
    expect((await withAuth(site.page().ports, { ensureSignedIn: true })).user?.id).toBe("user_01");
  });

  it("comes back to the page that the proxy names, or that it was told, on this site", async () => {
    for (const [options, headers, expected] of [
      [{}, { "x-url": `${APP}/a?b=c` }, "/a?b=c"],
      [{ returnTo: "/z" }, { "x-url": `${APP}/a?b=c` }, "/z"],
      [{}, { "x-url": "https://evil.example//evil.example/" }, "/"],
      [{ returnTo: "https://evil.example/" }, {}, "/"],
    ] as const) {
      site.jar.clear();
      const { ports } = site.page({ headers });
      const url = await redirectOf(withAuth(ports, { ensureSignedIn: true, ...options }));
      const started = site.keep(await site.callback()(site.request(url)));
      const back = server.callback(started.headers.get("location") ?? "");
      const answer = await site.callback()(site.request(back));
      expect(answer.headers.get("location")).toBe(expected);
    }
  });

  it("begins with the sign-up form where the proxy says so", async () => {
    for (const [path, hint] of [
      ["/plans/free", "sign-up"],
      ["/plans", "sign-in"],
      ["/plans/:path*", "sign-in"],
    ] as const) {
      const headers = { "x-url": `${APP}/plans/free?a=1`, "x-sign-up-paths": path };
      const { ports } = site.page({ headers });
      const url = await redirectOf(withAuth(ports, { ensureSignedIn: true }));
      const { headers: got } = await site.callback()(site.request(url));
      expect(new URL(got.get("location") ?? "").searchParams.get("screen_hint")).toBe(hint);
    }
  });

  it("runs no pattern that a request brings along (CWE-1333)", async () => {
    const headers = {
      "x-url": `${APP}/${"a".repeat(500)}`,
      "x-sign-up-paths": "/:x(a*a*a*a*a*a*a*a*b)",
    };
    const { ports } = site.page({ headers });
    const began = performance.now();
    await redirectOf(withAuth(ports, { ensureSignedIn: true }));
    expect(performance.now() - began).toBeLessThan(1000);
  });

  it.each(Object.keys(FAULTS))(
    "while the server answers %s: 503, and never the sign-in (R5)",
    async (name) => {
      await site.signIn();
      server.pass(901);
      server.fail(FAULTS[name] as never);
      const url = await redirectOf(withAuth(site.page().ports, { ensureSignedIn: true }));
      const answer = site.keep(await site.callback()(site.request(url)));
      expect(answer.status).toBe(503);
      expect(site.jar.has("wos-session")).toBe(true);
      server.recover();
      server.pass(10);
      const after = await site.callback()(site.request(url));
      expect(after.headers.get("location")).toBe("/");
    },
  );
});

it.each([
  ["garbage", "garbage"],
  ["a seal of nothing", "Fe26.2*1*a*b*c**d*e~2"],
  ["a wrong mac prefix", "Fe27.9*1*a*b*c**d*e~2"],
  ["our format, made up", "lks1.1.xxxx"],
])("a malformed cookie is nobody, not a failure: %s", async (_, value) => {
  site.jar.set("wos-session", value);
  expect(await withAuth(site.page().ports)).toEqual({ user: null });
});

it("a user who was sealed beside another's token is nobody", async () => {
  await site.signIn();
  const found = await site.manager.getSession(site.request());
  if (found.status !== "signed_in") throw new Error(found.status);
  const forged = { ...found.session, user: { ...found.session.user, id: "user_admin" } };
  site.keep({ headers: await site.manager.saveSession(site.request(), forged) });
  expect(await withAuth(site.page().ports)).toEqual({ user: null });
});
