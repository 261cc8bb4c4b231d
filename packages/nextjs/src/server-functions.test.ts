import { beforeEach, describe, expect, it } from "vitest";
import {
  APP,
  createSessionServer,
  FAULTS,
  SERVER,
  type SessionServer,
} from "../test-support/session-server.ts";
import { createSite, redirectOf, type Site } from "../test-support/site.ts";
import { checkRecent, claimsOf } from "./claims.ts";
import { AuthKitError, TokenRefreshError } from "./errors.ts";
import type { Session } from "./interfaces.ts";
import { refreshSession } from "./refresh-session.ts";
import { saveSession } from "./save-session.ts";
import { signInUrl } from "./sign-in-url.ts";
import { endSession } from "./sign-out.ts";
import { switchToOrganization } from "./switch-organization.ts";
import { withAuth } from "./with-auth.ts";

let server: SessionServer;
let site: Site;

beforeEach(async () => {
  server = await createSessionServer();
  site = createSite(server);
});

const action = () => site.page({ writable: true, headers: { "x-url": `${APP}/notes?page=2` } });
const thrown = (work: Promise<unknown>) =>
  work.then(
    () => null,
    (error: unknown) => error,
  );

describe("refreshSession", () => {
  it("gets new claims though it is not due, and keeps them", async () => {
    await site.signIn();
    const before = await withAuth(site.page().ports);
    const after = await refreshSession(action().ports, { organizationId: "org_1" });
    expect(after).toMatchObject({ organizationId: "org_1", role: "admin" });
    expect(after.accessToken).not.toBe(before.accessToken);
    expect(await withAuth(site.page().ports)).toEqual(after);
  });

  it("stays in the organization when it is refreshed naturally", async () => {
    await site.signIn();
    await refreshSession(action().ports, { organizationId: "org_1" });
    await refreshSession(action().ports);
    expect((await withAuth(site.page().ports)).organizationId).toBe("org_1");
  });

  it("is nobody without a session, or the sign-in where asked for", async () => {
    expect(await refreshSession(action().ports)).toEqual({ user: null });
    const url = await redirectOf(refreshSession(action().ports, { ensureSignedIn: true }));
    expect(url).toMatch(`${APP}/callback?start=`);
  });

  it.each(Object.keys(FAULTS))(
    "throws while the server answers %s, and the session goes on (R5)",
    async (name) => {
      await site.signIn();
      server.fail(FAULTS[name] as never);
      const error = await thrown(refreshSession(action().ports));
      expect(error).toBeInstanceOf(TokenRefreshError);
      expect(error).toMatchObject({ isTransient: true, userId: "user_01", sessionId: "session_0" });
      expect((await withAuth(site.page().ports)).user?.id).toBe("user_01");
    },
  );

  it("throws for an organization of others, and the session goes on", async () => {
    await site.signIn();
    const error = await thrown(refreshSession(action().ports, { organizationId: "org_outside" }));
    expect(error).toMatchObject({ isTransient: true, code: "access_denied" });
    expect((await withAuth(site.page().ports)).user?.id).toBe("user_01");
  });

  it("throws for a session that is over, and removes it", async () => {
    await site.signIn();
    server.end();
    const error = await thrown(refreshSession(action().ports));
    expect(error).toMatchObject({ isTransient: false, code: "invalid_grant", userId: "user_01" });
    expect([...site.jar.keys()]).toEqual([]);
  });

  it("refuses before anything moves where the new cookie would be lost", async () => {
    await site.signIn();
    const error = await thrown(refreshSession(site.page().ports));
    expect(error).toBeInstanceOf(AuthKitError);
    expect(String(error)).toMatch(/refreshSession\(\) sets cookies.*Server Actions/);
    expect(server.calls).toHaveLength(1);
  });
});

describe("switchToOrganization", () => {
  it("switches, and renders the page anew where it is", async () => {
    await site.signIn();
    const page = action();
    const target = await redirectOf(switchToOrganization(page.ports, "org_1"));
    expect(target).toBe(`${APP}/notes?page=2`);
    expect(page.paths).toEqual(["/notes"]);
    expect((await withAuth(site.page().ports)).organizationId).toBe("org_1");
  });

  it.each([
    ["/plans#top", "/plans#top"],
    [`${APP}/plans`, "/plans"],
    ["https://evil.example/x", `${APP}/notes?page=2`],
    ["//evil.example/x", `${APP}/notes?page=2`],
  ])("leads to this site only: %s (ASVS 3.7.2)", async (returnTo, path) => {
    await site.signIn();
    expect(await redirectOf(switchToOrganization(action().ports, "org_1", { returnTo }))).toBe(
      path,
    );
  });

  it("leads to this site only, whatever a client writes where the proxy would", async () => {
    await site.signIn();
    const headers = { "x-url": "https://evil.example/x" };
    const { ports } = site.page({ writable: true, headers });
    expect(await redirectOf(switchToOrganization(ports, "org_1"))).toBe("/x");
  });

  it("names tags anew, or nothing", async () => {
    await site.signIn();
    const tags = action();
    const options = { revalidationStrategy: "tag", revalidationTags: ["notes", "plans"] } as const;
    const asked = { ...options, revalidationTags: [...options.revalidationTags] };
    await redirectOf(switchToOrganization(tags.ports, "org_1", asked));
    expect([tags.tags, tags.paths]).toEqual([["notes", "plans"], []]);
    const none = action();
    const result = await switchToOrganization(none.ports, "org_1", {
      revalidationStrategy: "none",
    });
    expect(result.organizationId).toBe("org_1");
    expect([none.tags, none.paths]).toEqual([[], []]);
  });

  it("leads to a sign-in where only that opens the organization", async () => {
    await site.signIn();
    const url = await redirectOf(switchToOrganization(action().ports, "org_sso"));
    const answer = await site.callback()(site.request(url));
    const asked = new URL(answer.headers.get("location") ?? "");
    expect(asked.origin).toBe(SERVER);
    expect(asked.searchParams.get("organization_id")).toBe("org_sso");
  });

  it("throws where the user is no member, and wants an id", async () => {
    await site.signIn();
    const error = await thrown(switchToOrganization(action().ports, "org_outside"));
    expect(error).toMatchObject({ name: "TokenRefreshError", code: "access_denied" });
    await expect(switchToOrganization(action().ports, "")).rejects.toBeInstanceOf(TypeError);
  });
});

describe("getSignInUrl", () => {
  it("is the session server's in an action, with the cookie of the flow", async () => {
    const page = action();
    const url = await signInUrl(page.ports, "sign-up", { loginHint: "ada@example.com", maxAge: 0 });
    expect(Object.fromEntries(new URL(url).searchParams)).toMatchObject({
      login_hint: "ada@example.com",
      max_age: "0",
      screen_hint: "sign-up",
    });
    expect(page.sets.map(({ name }) => name.slice(0, 17))).toEqual(["wos-auth-verifier"]);
    const answer = await site.callback()(site.request(server.callback(url)));
    expect(answer.status).toBe(303);
  });

  it("is the app's own on a page, fit for a link, with the same options", async () => {
    const url = await signInUrl(site.page().ports, "sign-in", { state: "invite", returnTo: "/z" });
    expect(url).toMatch(`${APP}/callback?start=`);
    const started = site.keep(await site.callback()(site.request(url)));
    let state: string | undefined;
    const onSuccess = (data: { state?: string | undefined }) => {
      state = data.state;
    };
    const back = server.callback(started.headers.get("location") ?? "");
    const answer = await site.callback({ onSuccess })(site.request(back));
    expect([state, answer.headers.get("location")]).toEqual(["invite", "/z"]);
  });

  it("uses the redirect URI of the proxy", async () => {
    const uri = `${APP}/auth/back`;
    const headers = { "x-redirect-uri": uri, "x-workos-redirect-uri-proof": await site.prove(uri) };
    const url = await signInUrl(site.page({ writable: true, headers }).ports, "sign-in");
    expect(new URL(url).searchParams.get("redirect_uri")).toBe(uri);
  });

  it("takes none from a client where no proxy covers the route (ASVS 4.1.3)", async () => {
    const uri = `${APP}/auth/back`;
    for (const proof of [undefined, "", "0".repeat(64), await site.prove(`${APP}/other`)]) {
      const headers = {
        "x-redirect-uri": uri,
        ...(proof !== undefined && { "x-workos-redirect-uri-proof": proof }),
      };
      const url = await signInUrl(site.page({ writable: true, headers }).ports, "sign-in");
      expect(new URL(url).searchParams.get("redirect_uri")).toBe(`${APP}/callback`);
    }
  });

  it("keeps no more than five flows: headers stay small (no 431)", async () => {
    for (let i = 0; i < 12; i++) await signInUrl(action().ports, "sign-in");
    expect(
      [...site.jar.keys()].filter((name) => name.startsWith("wos-auth-verifier")),
    ).toHaveLength(5);
  });
});

describe("signOut", () => {
  it("removes session and eager token, and leads to the session server", async () => {
    await site.signIn();
    await site.proxy(site.request("/"), { eagerAuth: true });
    expect(site.jar.has("workos-access-token")).toBe(true);
    const url = new URL(await endSession(action().ports, { returnTo: "/bye" }));
    expect(url.origin + url.pathname).toBe(`${SERVER}/user_management/sessions/logout`);
    expect(url.searchParams.get("return_to")).toBe(`${APP}/bye`);
    expect([...site.jar.keys()]).toEqual([]);
  });

  it("is the last word of a response that handed an eager token out before", async () => {
    await site.signIn();
    const page = action();
    await endSession(page.ports);
    const eager = page.sets.filter(({ name }) => name === "workos-access-token").at(-1);
    expect(eager).toMatchObject({ value: "", options: { path: "/", maxAge: 0 } });
  });

  it("kills the old cookie in this process at once", async () => {
    await site.signIn();
    const old = site.jar.get("wos-session") ?? "";
    await endSession(action().ports);
    site.jar.set("wos-session", old);
    expect(await withAuth(site.page().ports)).toEqual({ user: null });
    const answer = await site.proxy(site.request("/"), { eagerAuth: true });
    expect(answer.headers.getSetCookie().join()).not.toMatch(/workos-access-token=e/);
  });

  it("works with a token that is over, and goes home without a session", async () => {
    await site.signIn();
    server.pass(2_000);
    expect(await endSession(action().ports)).toContain("session_id=session_0");
    expect(await endSession(action().ports)).toBe("/");
  });

  it("does nothing while a page is rendered, as a prefetch would sign out", async () => {
    await site.signIn();
    expect(await thrown(endSession(site.page().ports))).toBeInstanceOf(AuthKitError);
    expect((await withAuth(site.page().ports)).user?.id).toBe("user_01");
  });
});

describe("saveSession", () => {
  it("keeps what belongs to a session and nothing else, Secure by the request", async () => {
    await site.signIn();
    const found = await site.manager.getSession(site.request());
    if (found.status !== "signed_in") throw new Error(found.status);
    site.jar.clear();
    const answer = {
      ...found.session,
      oauthTokens: { accessToken: "x".repeat(3_000) },
      x: undefined,
    };
    const page = action();
    await saveSession(page.ports, answer as unknown as Session, `${APP}/`);
    expect(page.sets.at(-1)).toMatchObject({
      name: "wos-session",
      options: { secure: true, httpOnly: true },
    });
    expect(site.jar.get("wos-session")?.length).toBeLessThan(1_200);
    expect((await withAuth(site.page().ports)).user?.id).toBe("user_01");
    const local = action();
    await saveSession(local.ports, answer as unknown as Session, "http://localhost:3000/");
    expect(local.sets.at(-1)?.options.secure).toBeUndefined();
  });
});

describe("claims", () => {
  it("are the token's own, {} for nobody", async () => {
    expect(await claimsOf(site.page().ports)).toEqual({});
    await site.signIn();
    expect(await claimsOf(site.page().ports)).toMatchObject({ sub: "user_01", sid: "session_0" });
    expect(await claimsOf<{ x: string }>(site.page().ports, "no token")).toEqual({});
  });

  it("say how long ago the user proved who they are; not known is too long", async () => {
    expect(await checkRecent(site.page().ports, { maxAge: 60 })).toEqual({
      authenticatedAt: null,
      isStale: true,
    });
    await site.signIn();
    const { ports } = site.page();
    const authenticatedAt = new Date((server.authTime ?? 0) * 1_000);
    expect(await checkRecent(ports, { maxAge: 10 })).toEqual({ authenticatedAt, isStale: false });
    expect(await checkRecent(ports, { maxAge: 9 })).toEqual({ authenticatedAt, isStale: true });
    expect(await checkRecent(ports, { maxAge: Number.NaN })).toMatchObject({ isStale: true });
  });
});
