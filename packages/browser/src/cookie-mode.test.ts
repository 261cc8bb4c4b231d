/** An app with its own API host: the server keeps the session in cookies of the app's domain. */
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { DIRECT } from "./testing/fake-network.ts";
import { ADA, HOUR, pass, settle, setUp } from "./testing/set-up.ts";

const API = "https://privy.example.com";

beforeEach(() => {
  vi.useFakeTimers({ now: Date.UTC(2026, 0, 1) });
});
afterEach(() => {
  vi.useRealTimers();
});

async function signedIn() {
  const { server, browser, tab } = setUp();
  server.config.custom_api_url = API;
  await settle(tab.client.start(), 100);
  await settle(tab.client.signInWithCode(ADA), 100);
  return { server, browser, tab };
}

describe("cookie mode", () => {
  it("sends everything but the configuration to the app's own API host", async () => {
    const { server, browser } = setUp();
    server.config.custom_api_url = API;
    const urls: string[] = [];
    const { client } = browser.openTab({
      fetch: async (input, init) => {
        urls.push(String(input));
        const path = new URL(String(input)).pathname.replace("/api/v1", "");
        return server.handle(path, init ?? {}, browser.httpOnly);
      },
    });
    await settle(client.sendCode(ADA));
    await settle(client.signInWithCode(ADA));
    await settle(client.refresh());
    expect(new Set(urls.map((url) => new URL(url).origin).slice(1))).toEqual(new Set([API]));
    expect(urls[0]).toMatch(/^http:\/\/localhost:4400\/api\/v1\/apps\//);
  });

  it("never sees a refresh token and writes no cookies (ASVS 3.3.4)", async () => {
    const { server, browser, tab } = await signedIn();
    expect(browser.record().session.refreshToken).toBeNull();
    expect(browser.cookieJar.cookie).toBe("privy-session=t");
    await pass(HOUR);
    expect(await settle(tab.client.getAccessToken(), 100)).toMatch(/\./);
    expect(server.requests.at(-1)?.body).toEqual({ refresh_token: "deprecated" });
    expect(JSON.stringify(browser.record())).not.toContain("lk1.");
    expect(tab.client.getSnapshot()).toMatchObject({
      status: "signed_in",
      session: { generation: null },
    });
  });

  it("keeps no token in local storage, and the access token in memory only when asked for (ASVS 14.3.3)", async () => {
    const writes: string[] = [];
    const { server, browser, tab } = setUp({
      identityTokens: true,
      onWrite: (_before, after) => writes.push(after),
    });
    server.config.custom_api_url = API;
    browser.items.set("privy:token", JSON.stringify("someone.elses.token"));
    await settle(tab.client.start(), 100);
    const signedIn = tab.client.signInAsGuest();
    await settle(signedIn, 100);
    const token = await settle(tab.client.getAccessToken(), 100);
    expect(token).toMatch(/\./);
    await settle(tab.client.getIdentityToken(), 100);
    await pass(HOUR);
    await settle(tab.client.refresh(), 100);
    await settle(tab.client.reloadUser(), 100);
    await settle(tab.client.signOut(), 100);
    const afterwards = writes.slice(writes.findIndex((text) => text.includes("is_guest")));
    expect(afterwards.length).toBeGreaterThan(2);
    for (const text of afterwards) {
      expect(text).not.toMatch(/eyJ|lk1\.|[\w-]{20,}\.[\w-]{20,}/);
      expect(JSON.parse(text).guestCredential).toBeNull();
    }
    expect(browser.items.has("privy:token")).toBe(false);
  });

  it("shows a reloaded page who is signed in at once, and asks for a token when one is wanted", async () => {
    const { server, browser, tab } = await signedIn();
    tab.close();
    const reloaded = browser.openTab();
    await settle(reloaded.client.start(), 100);
    expect(reloaded.client.getSnapshot()).toMatchObject({ status: "signed_in", ready: true });
    expect(server.count("/sessions")).toBe(0);
    const [first, second] = await settle(
      Promise.all([reloaded.client.getAccessToken(), reloaded.client.getAccessToken()]),
      100,
    );
    expect(first).toMatch(/\./);
    expect(second).toBe(first);
    expect(server.count("/sessions")).toBe(1);
  });

  it("lets each tab keep its own token: they do not take it from one another", async () => {
    const { server, browser, tab } = await signedIn();
    const other = browser.openTab();
    await settle(other.client.start(), 100);
    for (let round = 0; round < 10; round++) {
      await settle(tab.client.getAccessToken(), 100);
      await settle(other.client.getAccessToken(), 100);
    }
    expect(server.count("/sessions")).toBe(1);
    await settle(other.client.refresh(), 100);
    await settle(tab.client.getAccessToken(), 100);
    expect(server.count("/sessions")).toBe(2);
    await pass(HOUR);
    await settle(other.client.getAccessToken(), 100);
    await settle(tab.client.getAccessToken(), 100);
    expect(server.count("/sessions")).toBe(4);
  });

  it("hears of a sign-in and a sign-out in another tab, and gets its own token", async () => {
    const { browser, tab } = await signedIn();
    const other = browser.openTab();
    await settle(other.client.start(), 100);
    await settle(tab.client.signOut(), 100);
    expect(other.client.getSnapshot()).toMatchObject({ status: "signed_out", endReason: "logout" });
    expect(await other.client.getAccessToken()).toBeNull();
    const bob = { email: "bob@example.com", code: ADA.code };
    const { user } = await settle(tab.client.signInWithCode(bob), 100);
    expect(other.client.getSnapshot()).toMatchObject({ status: "signed_in", user });
    const token = await settle(other.client.getAccessToken(), 100);
    expect(JSON.parse(atob(token?.split(".")[1] ?? "")).sid).toBe("s2");
  });

  it("says that it is away, and not that nobody is signed in, when no token can be had (R5)", async () => {
    const { browser, tab } = await signedIn();
    tab.close();
    const offline = browser.openTab();
    offline.network = () => ({ ...DIRECT, fault: { kind: "unreachable" } });
    await settle(offline.client.start(), 100);
    const asked = offline.client.getAccessToken();
    await expect(settle(asked, 30_000)).rejects.toMatchObject({ code: "unavailable" });
    expect(offline.client.getSnapshot().status).toBe("signed_in");
    offline.network = () => DIRECT;
    expect(await settle(offline.client.getAccessToken(), 100)).toMatch(/\./);
  });

  it("finds the session by its readable hint when local storage was emptied", async () => {
    const { browser, tab } = await signedIn();
    tab.close();
    browser.items.clear();
    const reloaded = browser.openTab();
    await settle(reloaded.client.start(), 100);
    expect(reloaded.client.getSnapshot().status).toBe("signed_in");
    expect(await settle(browser.openTab().client.getAccessToken(), 100)).toMatch(/\./);
  });

  it("asks nobody without a hint", async () => {
    const { server, tab } = setUp();
    server.config.custom_api_url = API;
    await settle(tab.client.start(), 100);
    expect(tab.client.getSnapshot().status).toBe("signed_out");
    expect(await tab.client.getAccessToken()).toBeNull();
    expect(server.count("/sessions")).toBe(0);
  });

  it("asks the server, not the missing hint, whether a stored session is over (R5)", async () => {
    const { server, browser, tab } = await signedIn();
    tab.close();
    browser.httpOnly.setHint(false);
    const reloaded = browser.openTab();
    await settle(reloaded.client.start(), 100);
    expect(reloaded.client.getSnapshot().status).toBe("signed_in");
    browser.httpOnly.setHint(false);
    browser.httpOnly.refreshToken = null;
    const elsewhere = browser.openTab();
    await settle(elsewhere.client.start(), 100);
    expect(elsewhere.client.getSnapshot()).toMatchObject({
      status: "signed_out",
      endReason: "malformed",
    });
    expect(server.count("/sessions")).toBe(2);
  });

  it("signs out, and stays signed out while the server cannot be told", async () => {
    const { server, browser, tab } = await signedIn();
    tab.network = () => ({ ...DIRECT, fault: { kind: "unreachable" } });
    await settle(tab.client.signOut(), 100);
    expect(browser.cookieJar.cookie).toBe("privy-session=t");
    expect(await tab.client.getAccessToken()).toBeNull();
    tab.close();
    const reloaded = browser.openTab();
    await settle(reloaded.client.start(), 100);
    expect(reloaded.client.getSnapshot().status).toBe("signed_out");
    expect(server.sessions.get("s1")?.state.endReason).toBe("logout");
    expect(browser.cookieJar.cookie).toBe("");
  });

  it("signs out for good although a refresh sets the cookies again", async () => {
    const { server, browser, tab } = await signedIn();
    await pass(HOUR);
    tab.network = () => ({ ...DIRECT, there: 50, back: 50 });
    const refreshing = tab.client.getAccessToken();
    await pass(10);
    tab.network = () => DIRECT;
    await settle(tab.client.signOut(), 1000);
    expect(await refreshing).toBeNull();
    expect(browser.httpOnly.refreshToken).toBeNull();
    expect(server.sessions.get("s1")?.state.endReason).toBe("logout");
  });

  it("lets a late answer about the old session take nothing from a new one", async () => {
    const { server, browser, tab } = await signedIn();
    await pass(HOUR);
    tab.network = (path) => (path === "/sessions" ? { ...DIRECT, there: 50, back: 3000 } : DIRECT);
    const refreshing = tab.client.getAccessToken();
    await pass(100);
    void tab.client.signOut();
    await pass(10);
    const bob = { email: "bob@example.com", code: ADA.code };
    const { user } = await settle(tab.client.signInWithCode(bob), 20_000);
    await settle(refreshing, 20_000).catch(() => null);
    expect(tab.client.getSnapshot()).toMatchObject({ status: "signed_in", user });
    expect(browser.httpOnly.refreshToken).toContain(".s2.");
    expect(server.sessions.get("s2")?.state.endedAt).toBeNull();
    expect(server.sessions.get("s1")?.state.endReason).toBe("logout");
  });

  it("hardens: a session from development mode moves into cookies, and its client cookies go", async () => {
    const { server, browser, tab } = setUp();
    await settle(tab.client.start(), 100);
    await settle(tab.client.signInWithCode(ADA), 100);
    expect(browser.cookieJar.cookie).toContain("privy-token=");
    tab.close();
    server.config.custom_api_url = API;
    const offline = browser.openTab();
    offline.network = (path) =>
      path === "/sessions" ? { ...DIRECT, fault: { kind: "unreachable" } } : DIRECT;
    await settle(offline.client.start(), 20_000);
    offline.close();
    // Until the server has it in a cookie, this is all that holds the session.
    expect(browser.record().session.refreshToken).toMatch(/^lk1\./);
    const reloaded = browser.openTab();
    await settle(reloaded.client.start(), 100);
    expect(browser.record().session).toMatchObject({ refreshToken: null, token: "", apiToken: "" });
    expect(browser.cookieJar.cookie).toBe("privy-session=t");
    expect(browser.httpOnly.refreshToken).toMatch(/^lk1\./);
  });
});

describe("development mode", () => {
  it("never puts the refresh token into a cookie", async () => {
    const { browser, tab } = setUp();
    const lines: string[] = [];
    const jar = {
      get cookie() {
        return "";
      },
      set cookie(line: string) {
        lines.push(line);
      },
    };
    const { client } = browser.openTab({ cookieJar: jar, secureCookies: true });
    await settle(client.start(), 100);
    await settle(client.signInWithCode(ADA), 100);
    tab.close();
    expect(lines).toHaveLength(2);
    expect(lines[0]).toMatch(
      /^privy-token=[\w.-]+; Path=\/; Max-Age=3\d\d\d; SameSite=Strict; Secure$/,
    );
    expect(lines[1]).toBe("privy-session=t; Path=/; Max-Age=604800; SameSite=Strict; Secure");
    expect(lines.join()).not.toContain("lk1.");
  });

  it("names the cookies as the app's prefix says", async () => {
    const { browser } = setUp();
    const { client } = browser.openTab({ cookiePrefix: "acme" });
    await settle(client.start(), 100);
    await settle(client.signInWithCode(ADA), 100);
    expect(browser.cookieJar.cookie).toMatch(/^acme-token=[\w.-]+; acme-session=t$/);
    await settle(client.signOut(), 100);
    expect(browser.cookieJar.cookie).toBe("");
  });

  it("leaves the cookies alone until the configuration tells the mode", async () => {
    const { browser, tab } = setUp();
    await settle(tab.client.start(), 100);
    await settle(tab.client.signInWithCode(ADA), 100);
    const { token, refreshToken } = browser.record().session;
    tab.close();
    browser.items.clear();
    browser.items.set("privy:token", JSON.stringify(token));
    browser.items.set("privy:refresh_token", JSON.stringify(refreshToken));
    const writes = vi.fn();
    const offline = browser.openTab({
      cookieJar: {
        get cookie() {
          return "";
        },
        set cookie(line: string) {
          writes(line);
        },
      },
    });
    offline.network = () => ({ ...DIRECT, fault: { kind: "unreachable" } });
    await settle(offline.client.start(), 20_000);
    expect(offline.client.getSnapshot()).toMatchObject({ status: "error", ready: true });
    expect(writes).not.toHaveBeenCalled();
  });
});
