import { beforeEach, describe, expect, it, vi } from "vitest";
import {
  APP,
  createFakeAppServer,
  createJar,
  type FakeAppServer,
  SERVER,
  signIn,
} from "../../test-support/fake-app-server.ts";
import type { SessionManager } from "./session-manager.ts";

let server: FakeAppServer;
let manager: SessionManager;

beforeEach(async () => {
  server = await createFakeAppServer();
  manager = server.manager();
});

const away = async () => new Response("<h1>Bad gateway</h1>", { status: 502 });

describe("a start URL", () => {
  it("is an address of the app that begins a sign-in with all that was asked for", async () => {
    const url = await manager.startUrl({
      returnTo: "/plans?size=2",
      organizationId: "org_1",
      loginHint: "ada@example.com",
      maxAge: 0,
      state: "invite-7",
    });
    expect(new URL(url).origin + new URL(url).pathname).toBe(`${APP}/callback`);
    const jar = createJar();
    const answer = jar.keep(await manager.handleCallback(jar.request(url)));
    expect(answer.status).toBe(303);
    const location = answer.headers.get("location") ?? "";
    expect(location).toContain(`${SERVER}/user_management/authorize`);
    const asked = Object.fromEntries(new URL(location).searchParams);
    expect(asked).toMatchObject({
      organization_id: "org_1",
      max_age: "0",
      login_hint: "ada@example.com",
    });
    expect(location).not.toContain("invite-7");
    const onSuccess = vi.fn();
    const back = await manager.handleCallback(jar.request(server.callback(location)), {
      onSuccess,
    });
    expect(back.headers.get("location")).toBe("/plans?size=2");
    expect(onSuccess.mock.lastCall?.[0]).toMatchObject({ state: "invite-7" });
  });

  it("works by hand, and leads to this site only (ASVS 3.7.2)", async () => {
    for (const [asked, path] of [
      ["/plans", "/plans"],
      ["https://evil.example/", "/"],
      ["//evil.example", "/"],
    ] as const) {
      const jar = await signIn(server, manager);
      const url = `/callback?start&return_to=${encodeURIComponent(asked)}`;
      const answer = await manager.handleCallback(jar.request(url));
      expect(answer.headers.get("location")).toBe(path);
    }
  });

  it("of mode ensure refreshes where it can, and asks nobody to sign in again", async () => {
    const jar = await signIn(server, manager);
    server.pass(901);
    const url = await manager.startUrl({ mode: "ensure", returnTo: "/plans" });
    const answer = jar.keep(await manager.handleCallback(jar.request(url)));
    expect(answer.headers.get("location")).toBe("/plans");
    expect((await manager.readSession(jar.request())).status).toBe("signed_in");
  });

  it.each(["ensure", "refresh"] as const)(
    "of mode %s is 503 while the session server is away, and signs nobody out (R5)",
    async (mode) => {
      const jar = await signIn(server, manager);
      server.pass(901);
      server.fail(away);
      const url = await manager.startUrl({ mode, returnTo: "/plans" });
      const answer = jar.keep(await manager.handleCallback(jar.request(url)));
      expect(answer.status).toBe(503);
      expect(answer.headers.get("retry-after")).toBe("1");
      expect(await answer.text()).toContain("You are not signed out");
      server.recover();
      server.pass(10);
      expect((await manager.getSession(jar.request())).status).toBe("signed_in");
    },
  );

  it("asks nobody again where a proxy has just found the session server away", async () => {
    const jar = await signIn(server, manager);
    server.pass(901);
    const url = await manager.startUrl({ mode: "ensure", returnTo: "/plans" });
    const answer = await manager.handleCallback(jar.request(url), { isAway: true });
    expect([answer.status, server.calls.length]).toEqual([503, 1]);
  });

  it("of mode refresh never leads to a sign-in", async () => {
    const url = await manager.startUrl({ mode: "refresh", returnTo: "/" });
    const answer = await manager.handleCallback(createJar().request(url));
    expect(answer.headers.get("location")).toBe("/");
  });

  it.each([
    { "sec-fetch-mode": "cors" },
    { rsc: "1" },
    { "next-action": "x" },
    { "sec-purpose": "prefetch" },
  ])("begins nothing for what is no navigation: %o", async (headers) => {
    const url = await manager.startUrl({ returnTo: "/" });
    const answer = await manager.handleCallback(createJar().request(url, headers));
    expect([answer.status, answer.headers.get("content-type")]).toEqual([401, "text/plain"]);
    expect(answer.headers.getSetCookie()).toEqual([]);
  });

  it("that somebody made up begins a plain sign-in at most", async () => {
    const answer = await manager.handleCallback(
      createJar().request("/callback?start=Fe26.2*1*x&return_to=/plans&state=theirs"),
    );
    expect(answer.headers.get("location")).toContain(`${SERVER}/user_management/authorize`);
  });
});

describe("a session that is only read", () => {
  it("is as it is while the token is good, and stale without a call when it is over", async () => {
    const jar = await signIn(server, manager);
    expect(await manager.readSession(jar.request())).toMatchObject({ status: "signed_in" });
    server.pass(890);
    expect(await manager.readSession(jar.request())).toMatchObject({ status: "signed_in" });
    server.pass(20);
    expect(await manager.readSession(jar.request())).toMatchObject({ status: "stale" });
    expect(server.calls).toHaveLength(1);
  });

  it("is the one that another request of this process refreshed", async () => {
    const jar = await signIn(server, manager);
    server.pass(901);
    await manager.getSession(jar.request());
    expect(await manager.readSession(jar.request())).toMatchObject({ status: "signed_in" });
  });
});

describe("getSession with options of its own", () => {
  it("refreshes as early as asked, and tells how that ended", async () => {
    const jar = await signIn(server, manager);
    const onRefresh = vi.fn();
    server.pass(500);
    await manager.getSession(jar.request(), { onRefresh });
    expect(onRefresh).not.toHaveBeenCalled();
    await manager.getSession(jar.request(), { refreshBufferSeconds: 600, onRefresh });
    expect(onRefresh.mock.lastCall?.[0]).toMatchObject({ status: "signed_in" });
    await expect(
      manager.getSession(jar.request(), { refreshBufferSeconds: -1 }),
    ).rejects.toBeInstanceOf(TypeError);
  });

  it("tells of a refresh that failed though the session goes on", async () => {
    const jar = await signIn(server, manager);
    server.pass(880);
    server.fail(away);
    const onRefresh = vi.fn();
    const result = await manager.getSession(jar.request(), { onRefresh });
    expect(result.status).toBe("signed_in");
    expect(onRefresh.mock.lastCall?.[0]).toMatchObject({ status: "unavailable" });
  });
});

it("a callback that is opened again by who is signed in goes on, not wrong", async () => {
  const jar = createJar();
  const started = jar.keep(await manager.startSignIn(jar.request(), { returnTo: "/plans" }));
  const back = server.callback(started.url);
  jar.keep(await manager.handleCallback(jar.request(back)));
  const again = await manager.handleCallback(jar.request(back), { returnTo: "/home" });
  expect([again.status, again.headers.get("location")]).toEqual([303, "/home"]);
});
