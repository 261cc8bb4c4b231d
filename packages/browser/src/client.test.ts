import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { RECORD_KEY } from "./testing/fake-browser.ts";
import { ADA, HOUR, pass, settle, setUp } from "./testing/set-up.ts";

beforeEach(() => {
  vi.useFakeTimers({ now: Date.UTC(2026, 0, 1) });
});
afterEach(() => {
  vi.useRealTimers();
});

describe("signing in", () => {
  it("is loading before start, signed out after it, signed in after the code", async () => {
    const { tab } = setUp();
    expect(tab.client.getSnapshot()).toMatchObject({ status: "loading", ready: false });
    await settle(tab.client.start());
    expect(tab.client.getSnapshot()).toMatchObject({
      status: "signed_out",
      ready: true,
      error: null,
    });
    await settle(tab.client.sendCode({ email: ADA.email }));
    const { user, isNewUser } = await settle(tab.client.signInWithCode(ADA));
    expect(isNewUser).toBe(true);
    expect(tab.client.getSnapshot()).toMatchObject({
      status: "signed_in",
      user: { id: user.id },
      session: { generation: 0 },
    });
  });

  it("sends the protocol's headers, and the same browser id after a reload", async () => {
    const { server, browser, tab } = setUp();
    await settle(tab.client.start());
    await settle(browser.openTab({ clientId: "client-1" }).client.start());
    const [first, second] = server.requests.map(({ headers }) => headers);
    expect(first?.get("privy-app-id")).toBe(server.config.id);
    expect(first?.get("privy-client")).toMatch(/^latchkey-browser:\d+\.\d+\.\d+$/);
    expect(first?.get("privy-client-id")).toBeNull();
    expect(first?.get("privy-ca-id")).toMatch(/^[\w-]{22}$/);
    expect(second?.get("privy-ca-id")).toBe(first?.get("privy-ca-id"));
    expect(second?.get("privy-client-id")).toBe("client-1");
  });

  it("throws the server's own code and stays signed out when the code is wrong", async () => {
    const { tab } = setUp();
    await settle(tab.client.start());
    const attempt = settle(tab.client.signInWithCode({ ...ADA, code: "000000" }));
    await expect(attempt).rejects.toMatchObject({ code: "invalid_credentials", status: 422 });
    expect(tab.client.getSnapshot().status).toBe("signed_out");
  });

  it("is the same guest when the first answer was lost", async () => {
    const { server, tab } = setUp();
    tab.network = (path) => ({
      fault: { kind: path === "/guest/authenticate" ? "answer_lost" : "none" },
      there: 5,
      back: 5,
    });
    await expect(settle(tab.client.signInAsGuest())).rejects.toMatchObject({ code: "unavailable" });
    tab.network = () => ({ fault: { kind: "none" }, there: 5, back: 5 });
    const { user, isNewUser } = await settle(tab.client.signInAsGuest());
    expect(user.is_guest).toBe(true);
    expect(isNewUser).toBe(false);
    expect(server.requests.at(-1)?.body.guest_credential).toMatch(/^[\w-]{43}$/);
  });

  it("gets the same session when the answer to its code was lost, though the code is spent", async () => {
    const { server, tab } = setUp();
    let lost = false;
    tab.network = (path) => {
      const fault = lost || path !== "/passwordless/authenticate" ? "none" : "answer_lost";
      lost ||= fault === "answer_lost";
      return { fault: { kind: fault }, there: 5, back: 5 };
    };
    await settle(tab.client.signInWithCode(ADA));
    expect(server.sessions.size).toBe(1);
    expect(tab.client.getSnapshot()).toMatchObject({ status: "signed_in", session: { id: "s1" } });
    expect(server.sessions.get("s1")?.state.endedAt).toBeNull();
    const keys = server.requests.map(({ headers }) => headers.get("idempotency-key"));
    expect(new Set(keys.filter(Boolean)).size).toBe(1);
  });

  it("takes a token of the app's own issuer", async () => {
    const { tab } = setUp();
    await settle(tab.client.signInWithCustomToken({ token: "theirs" }));
    expect(tab.client.getSnapshot().status).toBe("signed_in");
  });

  it("ends the session that a new sign-in replaces (ASVS 7.2.4)", async () => {
    const { server, tab } = setUp();
    await settle(tab.client.signInAsGuest());
    await settle(tab.client.signInWithCode(ADA));
    expect(server.sessions.get("s1")?.state.endReason).toBe("logout");
    expect(server.sessions.get("s2")?.state.endReason).toBeNull();
    expect(tab.client.getSnapshot().session?.id).toBe("s2");
  });

  it("discards a sign-in that a sign-out overtook, and ends it on the server", async () => {
    const { server, tab } = setUp();
    await settle(tab.client.start());
    tab.network = () => ({ fault: { kind: "none" }, there: 10, back: 1000 });
    const signingIn = tab.client.signInWithCode(ADA);
    signingIn.catch(() => {});
    await pass(100);
    await settle(tab.client.signOut());
    await expect(signingIn).rejects.toMatchObject({ code: "superseded" });
    expect(tab.client.getSnapshot().status).toBe("signed_out");
    expect(server.sessions.get("s1")?.state.endReason).toBe("logout");
  });
});

describe("staying signed in", () => {
  it("is signed in at once after a reload, without waiting for the network", async () => {
    const { browser, tab } = setUp();
    await settle(tab.client.signInWithCode(ADA));
    tab.close();
    const reloaded = browser.openTab();
    void reloaded.client.start();
    expect(reloaded.client.getSnapshot()).toMatchObject({ status: "signed_in", ready: true });
  });

  it("hands out the token until 30 s before its expiry, then renews it once for all callers", async () => {
    const { server, tab } = setUp();
    await settle(tab.client.signInWithCode(ADA), 1000);
    const first = await tab.client.getAccessToken();
    await pass(HOUR - 35_000);
    expect(await tab.client.getAccessToken()).toBe(first);
    await pass(6000);
    const all = await settle(Promise.all([1, 2, 3].map(() => tab.client.getAccessToken())));
    expect(new Set(all).size).toBe(1);
    expect(all[0]).not.toBe(first);
    expect(server.count("/sessions")).toBe(1);
    expect(tab.client.getSnapshot().session?.generation).toBe(1);
  });

  it("renews a token that lives a minute or less at half its life", async () => {
    const { server, tab } = setUp({ accessTtl: 10 });
    await settle(tab.client.signInWithCode(ADA), 100);
    await pass(3000);
    await settle(tab.client.getAccessToken(), 100);
    expect(server.count("/sessions")).toBe(0);
    await pass(2000);
    await settle(tab.client.getAccessToken(), 100);
    expect(server.count("/sessions")).toBe(1);
  });

  it("keeps the refresh token on session_update_action ignore, and stores all when it is absent", async () => {
    const { server, browser, tab } = setUp();
    await settle(tab.client.signInWithCode(ADA));
    const before = browser.record().session;
    const answer = {
      user: null,
      token: fakeJwt(1),
      privy_access_token: null,
      refresh_token: "other",
    };
    respondOnce(tab, { ...answer, session_update_action: "ignore" });
    await settle(tab.client.refresh());
    expect(browser.record().session).toMatchObject({
      refreshToken: before.refreshToken,
      token: answer.token,
      user: before.user,
    });
    respondOnce(tab, { ...answer, token: fakeJwt(2) });
    await settle(tab.client.refresh());
    expect(browser.record().session).toMatchObject({ refreshToken: "other", token: fakeJwt(2) });
    expect(server.count("/sessions")).toBe(0);
  });

  it("clears on session_update_action clear", async () => {
    const { tab } = setUp();
    await settle(tab.client.signInWithCode(ADA));
    respondOnce(tab, { user: null, token: null, session_update_action: "clear" });
    expect(await settle(tab.client.refresh())).toBeNull();
    expect(tab.client.getSnapshot()).toMatchObject({ status: "signed_out", endReason: "cleared" });
  });

  it("says why a terminal answer ended the session", async () => {
    const { server, browser, tab } = setUp();
    await settle(tab.client.signInWithCode(ADA));
    server.end("s1");
    await pass(HOUR);
    expect(await settle(tab.client.getAccessToken())).toBeNull();
    expect(tab.client.getSnapshot()).toMatchObject({ status: "signed_out", endReason: "revoked" });
    expect(browser.record().session).toBeNull();
    expect(browser.cookieJar.cookie).toBe("");
  });

  it("adopts the session of the protocol's other clients, and clears their keys at sign-out", async () => {
    const { server, browser, tab } = setUp();
    await settle(tab.client.signInWithCode(ADA));
    const { token, refreshToken } = browser.record().session;
    tab.close();
    browser.items.clear();
    browser.items.set("privy:token", JSON.stringify(token));
    browser.items.set("privy:refresh_token", JSON.stringify(refreshToken));
    const moved = browser.openTab();
    await settle(moved.client.start());
    expect(moved.client.getSnapshot()).toMatchObject({
      status: "signed_in",
      session: { id: "s1" },
    });
    await settle(moved.client.signOut());
    expect([...browser.items.keys()]).toEqual([RECORD_KEY]);
    expect(server.sessions.get("s1")?.state.endReason).toBe("logout");
  });

  it("sends a refresh so that it outlives the page, and with no way to abort it", async () => {
    const { server, browser } = setUp();
    const sent: RequestInit[] = [];
    const { client } = browser.openTab({
      fetch: async (input, init = {}) => {
        const path = new URL(String(input)).pathname.replace("/api/v1", "");
        if (path === "/sessions") sent.push(init);
        return server.handle(path, init, null);
      },
    });
    await settle(client.signInWithCode(ADA));
    const aborted = AbortSignal.abort(new Error("gone"));
    await expect(client.refresh({ signal: aborted })).rejects.toThrow("gone");
    await pass(10);
    expect(sent).toMatchObject([{ keepalive: true, credentials: "include", cache: "no-store" }]);
    expect(sent[0]?.signal).toBeUndefined();
    expect(new Headers(sent[0]?.headers).get("authorization")).toMatch(/^Bearer /);
    expect(client.getSnapshot().session?.generation).toBe(0);
  });

  it("ends a caller's wait on its signal, not the refresh", async () => {
    const { tab } = setUp();
    await settle(tab.client.signInWithCode(ADA));
    await pass(HOUR);
    tab.network = () => ({ fault: { kind: "none" }, there: 1000, back: 1000 });
    const controller = new AbortController();
    const waiting = tab.client.getAccessToken({ signal: controller.signal });
    waiting.catch(() => {});
    await pass(500);
    controller.abort(new Error("navigated away"));
    await expect(waiting).rejects.toThrow("navigated away");
    await pass(2000);
    expect(tab.client.getSnapshot().session?.generation).toBe(1);
  });
});

describe("the user and the identity token", () => {
  it("reads the user again, and the identity token from the last answer while it is good", async () => {
    const { server, tab } = setUp({ identityTokens: true });
    await settle(tab.client.signInWithCode(ADA));
    expect(await settle(tab.client.getIdentityToken())).toMatch(/\./);
    expect(server.count("/users/me")).toBe(0);
    expect(await settle(tab.client.reloadUser())).toMatchObject({ is_guest: false });
    expect(server.count("/users/me")).toBe(1);
  });

  it("fetches the identity token where answers carry none", async () => {
    const { server, tab } = setUp();
    await settle(tab.client.signInWithCode(ADA));
    expect(await settle(tab.client.getIdentityToken())).toMatch(/\./);
    expect(server.count("/users/me")).toBe(1);
  });

  it("lets a refresh decide when /users/me says that the token is not good", async () => {
    const { server, tab } = setUp();
    await settle(tab.client.signInWithCode(ADA));
    server.end("s1");
    expect(await settle(tab.client.reloadUser())).toBeNull();
    expect(tab.client.getSnapshot().status).toBe("signed_out");
  });
});

describe("signing out", () => {
  it("is done here at once and on the server after it (ASVS 7.4.1)", async () => {
    const { server, browser, tab } = setUp();
    await settle(tab.client.signInWithCode(ADA));
    const leaving = tab.client.signOut();
    expect(tab.client.getSnapshot()).toMatchObject({ status: "signed_out", endReason: "logout" });
    expect(browser.cookieJar.cookie).toBe("");
    await settle(leaving);
    expect(server.sessions.get("s1")?.state.endReason).toBe("logout");
    expect(browser.record().ended).toEqual([]);
    expect(await tab.client.getAccessToken()).toBeNull();
  });

  it("succeeds without the server, and ends the session there at the next load", async () => {
    const { server, browser, tab } = setUp();
    await settle(tab.client.signInWithCode(ADA));
    tab.network = () => ({ fault: { kind: "unreachable" }, there: 0, back: 0 });
    await settle(tab.client.signOut());
    tab.close();
    expect(browser.record()).toMatchObject({ session: null, ended: [{}] });
    expect(JSON.stringify(browser.record())).not.toContain(ADA.email);
    await settle(browser.openTab().client.start());
    expect(server.sessions.get("s1")?.state.endReason).toBe("logout");
    expect(browser.record().ended).toEqual([]);
  });
});

function respondOnce(tab: ReturnType<typeof setUp>["tab"], body: object): void {
  const normal = tab.network;
  tab.network = (path) => {
    if (path !== "/sessions") return normal(path);
    tab.network = normal;
    const answer = JSON.stringify(body);
    return { fault: { kind: "instead", status: 200, body: answer }, there: 0, back: 0 };
  };
}

function fakeJwt(serial: number): string {
  const iat = Date.UTC(2026, 0, 2) / 1000 + serial;
  return `h.${Buffer.from(JSON.stringify({ iat, exp: iat + 3600 })).toString("base64url")}.s`;
}
