import { beforeEach, describe, expect, it } from "vitest";
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

describe("signing in", () => {
  it("goes by PKCE S256 and comes back to the page where it began (RFC 7636; ASVS 10.4.6)", async () => {
    const jar = createJar();
    const started = jar.keep(
      await manager.startSignIn(jar.request(), {
        returnTo: "/notes?page=2",
        screenHint: "sign-up",
      }),
    );
    const asked = new URL(started.url).searchParams;
    expect(asked.get("code_challenge_method")).toBe("S256");
    expect(asked.get("screen_hint")).toBe("sign-up");
    expect(started.headers.getSetCookie()[0]).toMatch(
      /Max-Age=600; HttpOnly; Secure; SameSite=Lax/,
    );
    const answer = await manager.handleCallback(jar.request(server.callback(started.url)));
    jar.keep(answer);
    expect([answer.status, answer.headers.get("location")]).toEqual([303, "/notes?page=2"]);
    expect([...jar.cookies.keys()]).toEqual(["wos-session"]);
    expect(await manager.getSession(jar.request())).toMatchObject({ status: "signed_in" });
  });

  it.each([
    ["https://evil.example/", "/"],
    ["//evil.example/", "/"],
    ["/\\evil.example", "/"],
    ["javascript:alert(1)", "/"],
    [`${APP}/inbox?a=1`, "/inbox?a=1"],
  ])("returns to this site only: %s (ASVS 3.7.2)", async (returnTo, expected) => {
    const jar = createJar();
    const started = jar.keep(await manager.startSignIn(jar.request(), { returnTo }));
    const answer = await manager.handleCallback(jar.request(server.callback(started.url)));
    expect(answer.headers.get("location")).toBe(expected);
  });

  it("works in several tabs at once, and keeps five begun ones at most", async () => {
    const jar = createJar();
    const urls: string[] = [];
    for (let tab = 0; tab < 8; tab++) {
      urls.push(jar.keep(await manager.startSignIn(jar.request())).url);
    }
    expect(jar.cookies.size).toBe(5);
    for (const url of urls.slice(3)) {
      const answer = jar.keep(await manager.handleCallback(jar.request(server.callback(url))));
      expect(answer.status).toBe(303);
    }
  });

  it.each([
    ["a replay", (url: string) => url],
    ["a code without a state", (url: string) => url.replace(/state=[^&]*/, "")],
    [
      "another state",
      (url: string) =>
        url.replace(/state=(.)/, (_all, first) => `state=${first === "x" ? "y" : "x"}`),
    ],
    ["nothing", () => "/callback"],
    ["a refusal", () => "/callback?error=access_denied&state=x"],
    ["markup", () => "/callback?error=%3Cscript%3E&state=%3Cscript%3E"],
  ])("answers %s with a plain page and no session (RFC 6749 section 10.12)", async (_, change) => {
    const jar = createJar();
    const started = jar.keep(await manager.startSignIn(jar.request()));
    const back = server.callback(started.url);
    if (_ === "a replay") jar.keep(await manager.handleCallback(jar.request(back)));
    const stranger = createJar();
    const answer = await manager.handleCallback(
      (_ === "a replay" ? stranger : jar).request(change(back)),
    );
    expect(answer.status).toBe(400);
    expect(answer.headers.get("cache-control")).toBe("private, no-store");
    const text = await answer.text();
    expect(text).toContain("You are not signed in");
    expect(text).not.toContain("<script>");
    expect(stranger.keep(answer).headers.getSetCookie().join()).not.toMatch(/wos-session=l/);
  });

  it("that meets a server away is 503, and works at the same address afterwards", async () => {
    const jar = createJar();
    const started = jar.keep(await manager.startSignIn(jar.request()));
    const back = server.callback(started.url);
    server.fail(async () => new Response("Bad gateway", { status: 502 }));
    const away = jar.keep(await manager.handleCallback(jar.request(back)));
    expect([away.status, away.headers.get("retry-after")]).toEqual([503, "1"]);
    server.recover();
    expect((await manager.handleCallback(jar.request(back))).status).toBe(303);
  });

  it("without a state is an operator's impersonation alone", async () => {
    const jar = createJar();
    const code = server.code(null, true);
    jar.keep(await manager.handleCallback(jar.request(`/callback?code=${code}`)));
    const result = await manager.getSession(jar.request());
    expect(result).toMatchObject({ impersonator: { email: "op@example.com", reason: "Ticket" } });
  });

  it("hands over to the app's own answers, with the cookies", async () => {
    const jar = createJar();
    const started = jar.keep(await manager.startSignIn(jar.request(), { state: "invite-7" }));
    const answer = await manager.handleCallback(jar.request(server.callback(started.url)), {
      onSuccess: ({ session, state }) => new Response(`${session.user.email} ${state}`),
    });
    expect(await answer.text()).toBe("ada@example.com invite-7");
    expect(jar.keep(answer).headers.getSetCookie()).toHaveLength(2);
    const failed = await manager.handleCallback(jar.request("/callback"), {
      onError: ({ code }) => Response.redirect(`${APP}/oops?${code}`),
    });
    expect(failed.headers.get("location")).toBe(`${APP}/oops?missing_parameters`);
  });
});

describe("signing out", () => {
  it("removes the cookie, goes by the session server, and the old cookie is dead", async () => {
    const jar = await signIn(server, manager);
    const old = jar.request();
    const answer = jar.keep(await manager.signOut(old, { returnTo: "/bye" }));
    expect(answer.status).toBe(303);
    const url = new URL(answer.headers.get("location") ?? "");
    expect(url.origin + url.pathname).toBe(`${SERVER}/user_management/sessions/logout`);
    expect(url.searchParams.get("session_id")).toBe("session_0");
    expect(url.searchParams.get("return_to")).toBe(`${APP}/bye`);
    expect(jar.cookies.size).toBe(0);
    const after = await manager.getSession(old);
    expect(after).toMatchObject({ status: "signed_out", reason: "ended" });
  });

  it("without a session goes back to this site only", async () => {
    const answer = await manager.signOut(createJar().request(), {
      returnTo: "https://evil.example",
    });
    expect(answer.headers.get("location")).toBe("/");
  });

  it("wins against a refresh in flight (R6)", async () => {
    const jar = await signIn(server, manager);
    server.pass(901);
    const refreshing = manager.getSession(jar.request());
    const [, result] = await Promise.all([manager.signOut(jar.request()), refreshing]);
    expect(result.status).toBe("signed_out");
  });
});
