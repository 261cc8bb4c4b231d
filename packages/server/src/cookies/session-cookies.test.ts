import { appClientSettings } from "@latchkey/core/protocol/app-settings";
import type { AppConfig, AuthenticatedUser } from "@latchkey/core/protocol/browser";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { newAppClientId } from "../apps/ids.ts";
import { type CookieBrowser, openCookieBrowser } from "../http/testing/cookie-browser.ts";
import { bearer } from "../http/testing/test-page.ts";
import { ORIGIN, openTestServer, type TestServer } from "../http/testing/test-server.ts";
import { changeDomain, SESSION_HOST, verifyDomain } from "../http/testing/verified-domain.ts";

const ADA = "ada@example.com";
const PUBLIC_HOST = "sessions.example.net";
const NAMES = ["privy-token", "privy-session", "privy-id-token", "privy-refresh-token"];

let clock = 0;
let server: TestServer;
let browser: CookieBrowser;
const warnings: object[] = [];

beforeEach(async () => {
  clock = Date.now();
  warnings.length = 0;
  server = await openTestServer({
    now: () => clock,
    app: { httpOnlyCookies: true, identityToken: true, refreshWindow: 0 },
    log: {
      debug() {},
      info() {},
      warn: (fields) => warnings.push(fields),
      error() {},
    },
  });
  browser = openCookieBrowser(server);
});
afterEach(() => server.close());

const change = (settings: object) =>
  server.services.store.apps
    .find(server.app.id)
    .then((app) =>
      server.services.store.apps.updateSettings(
        server.app.id,
        JSON.stringify({ ...JSON.parse(app?.settings ?? "{}"), ...settings }),
      ),
    )
    .then(() => {
      clock += 5000;
    });

async function addClient(settings: object): Promise<string> {
  const id = newAppClientId();
  await server.services.store.apps.createClient({
    id,
    appId: server.app.id,
    name: "Client",
    settings: JSON.stringify(appClientSettings.parse(settings)),
  });
  clock += 5000;
  return id;
}

const config = async (headers: Record<string, string> = {}) =>
  (await browser.call(`/apps/${server.app.id}`, { headers }, PUBLIC_HOST)).as<AppConfig>();

describe("on the session host of a verified domain", () => {
  beforeEach(() => verifyDomain(server, server.app.id));

  test("a sign-in sets the four cookies, and its body has no refresh token", async () => {
    const answer = await browser.signIn(ADA);
    expect(answer.refresh_token).toBe("deprecated");
    const inside = browser.at(SESSION_HOST);
    expect(inside).toMatchObject({
      "privy-token": answer.token,
      "privy-session": "t",
      "privy-id-token": answer.identity_token,
    });
    expect(inside["privy-refresh-token"]).toMatch(/^lk1\./);
    expect(Object.keys(browser.at("app.example.com")).sort()).toEqual([
      "privy-id-token",
      "privy-session",
      "privy-token",
    ]);
    expect(browser.at("example.org")).toEqual({});
    for (const name of NAMES) expect(browser.line(name)).toMatch(/; Secure;.*SameSite=Strict/);
    expect(browser.line("privy-token")).toContain("Max-Age=3600;");
    expect(browser.line("privy-session")).toContain("Max-Age=2592000;");
    expect(JSON.stringify(answer)).not.toContain("lk1.");
  });

  test("a refresh takes the cookie and ignores the sentinel in the body", async () => {
    const first = await browser.signIn(ADA);
    const before = browser.at(SESSION_HOST)["privy-refresh-token"];
    for (const body of [{ refresh_token: "deprecated" }, {}, { refresh_token: null }]) {
      clock += 10_000;
      const answer = await browser.refresh(body);
      expect(answer.status).toBe(200);
      expect(answer.as<AuthenticatedUser>()).toMatchObject({
        refresh_token: "deprecated",
        user: { id: first.user.id },
      });
      expect(answer.text).not.toContain("lk1.");
      expect(answer.headers.get("cache-control")).toBe("private, no-store");
    }
    expect(browser.at(SESSION_HOST)["privy-refresh-token"]).not.toBe(before);
  });

  test("the cookies live as long as the session that is left", async () => {
    await browser.signIn(ADA);
    clock += 86_400_000;
    await browser.refresh();
    expect(browser.line("privy-refresh-token")).toContain(`Max-Age=${29 * 86_400};`);
    expect(browser.line("privy-session")).toContain(`Max-Age=${29 * 86_400};`);
  });

  test("the app config sends clients there, and those without cookies not", async () => {
    const disabled = await addClient({ cookies: "disabled", nativeAppIds: ["com.example.app"] });
    expect((await config()).custom_api_url).toBe("https://privy.example.com");
    expect(await config({ "privy-client-id": disabled })).toMatchObject({
      custom_api_url: null,
      allowed_native_app_ids: ["com.example.app"],
    });
    expect(warnings).toEqual([]);
  });

  test("SameSite follows the setting, on the cookies that are there too", async () => {
    await browser.signIn(ADA);
    await change({ sameSite: "lax" });
    await browser.refresh();
    for (const name of NAMES) {
      expect(browser.line(name)).toContain("SameSite=Lax");
      expect(browser.count(name)).toBe(1);
    }
  });

  test("the identity token's cookie follows the accounts, and goes when it is switched off", async () => {
    const { token } = await browser.signIn(ADA);
    const before = browser.at("app.example.com")["privy-id-token"];
    await browser.post("/passwordless/init", { email: "new@example.com" }, bearer(token));
    const code = await server.codeFor("new@example.com");
    const linked = await browser.post(
      "/passwordless/update",
      { oldAddress: ADA, newAddress: "new@example.com", code },
      bearer(token),
    );
    expect(linked.status).toBe(200);
    const after = browser.at("app.example.com")["privy-id-token"];
    expect(after).not.toBe(before);
    expect(atob(after?.split(".")[1] ?? "")).toContain("new@example.com");
    await change({ identityToken: false });
    await browser.refresh();
    expect(browser.count("privy-id-token")).toBe(0);
  });

  test("logout ends the session of the cookie and removes all of them (ASVS 7.4.1)", async () => {
    await browser.signIn(ADA);
    const kept = browser.at(SESSION_HOST)["privy-refresh-token"];
    const answer = await browser.post("/sessions/logout", { refresh_token: "deprecated" });
    expect(answer.status).toBe(200);
    expect(browser.at(SESSION_HOST)).toEqual({});
    browser.receive(SESSION_HOST, [`privy-refresh-token=${kept}; Path=/`]);
    const again = await browser.refresh();
    expect(again.as<object>()).toMatchObject({ code: "missing_or_invalid_token", cause: "logout" });
    expect(browser.at(SESSION_HOST)).toEqual({});
  });

  test("a terminal answer removes them, of a call with the access token too (R5)", async () => {
    const { user, token } = await browser.signIn(ADA);
    const id = user.id.slice("did:privy:".length);
    await server.services.store.sessions.endAllOfUser(id, "revoked");
    const answer = await browser.call("/users/me", { headers: bearer(token) });
    expect(answer.code).toBe("missing_or_invalid_token");
    expect(browser.at(SESSION_HOST)).toEqual({});
  });

  test("the end of another session leaves them alone", async () => {
    const elsewhere = openCookieBrowser(server);
    const other = await elsewhere.signIn(ADA);
    await elsewhere.post("/sessions/logout");
    await browser.signIn(ADA);
    const answer = await browser.call("/users/me", { headers: bearer(other.token) });
    expect(answer.code).toBe("missing_or_invalid_token");
    expect(Object.keys(browser.at(SESSION_HOST))).toHaveLength(4);
  });

  test("an expired or unreadable access token, or a refused call, leaves them alone (R5)", async () => {
    const { token } = await browser.signIn(ADA);
    clock += 3_700_000;
    for (const given of [token, "x.y.z"]) {
      await browser.call("/users/me", { headers: bearer(given) });
    }
    await browser.refresh({}, { origin: "https://evil.test", "sec-fetch-site": "cross-site" });
    await browser.refresh({}, { "content-type": "text/plain" });
    await browser.refresh("{");
    expect(Object.keys(browser.at(SESSION_HOST)).sort()).toEqual([...NAMES].sort());
    expect((await browser.refresh()).status).toBe(200);
  });

  test("without the cookie there is nothing to refresh with, and the hint goes too", async () => {
    await browser.signIn(ADA);
    browser.forget("privy-refresh-token");
    expect((await browser.refresh()).code).toBe("missing_or_invalid_token");
    expect(browser.at("app.example.com")).toEqual({});
  });

  test("a session of before moves into cookies, and its token is good nowhere else again (R6)", async () => {
    const { refresh_token } = await browser.signIn(ADA, PUBLIC_HOST);
    expect(refresh_token).toMatch(/^lk1\./);
    expect(browser.at(SESSION_HOST)).not.toHaveProperty("privy-refresh-token");
    const moved = await browser.refresh({ refresh_token });
    expect(moved.as<AuthenticatedUser>().refresh_token).toBe("deprecated");
    const kept = browser.at(SESSION_HOST)["privy-refresh-token"];
    expect(kept).toMatch(/^lk1\./);
    for (const token of [refresh_token, kept]) {
      const elsewhere = await browser.refresh({ refresh_token: token }, {}, PUBLIC_HOST);
      expect(elsewhere).toMatchObject({ status: 403, code: "cookie_required" });
      expect(elsewhere.text).toContain("https://privy.example.com");
    }
    expect((await browser.refresh()).status).toBe(200);
  });

  test("a lost answer to that move is repeated with the old token", async () => {
    const { refresh_token } = await browser.signIn(ADA, PUBLIC_HOST);
    await change({ refreshWindow: 120 });
    await openCookieBrowser(server).refresh({ refresh_token });
    const again = await browser.refresh({ refresh_token });
    expect(again.as<AuthenticatedUser>().refresh_token).toBe("deprecated");
  });

  test("a client that calls elsewhere is told where to, and nobody is signed out (R5)", async () => {
    await browser.signIn(ADA);
    const answer = await browser.refresh({ refresh_token: "deprecated" }, {}, PUBLIC_HOST);
    expect(answer).toMatchObject({ status: 403, code: "cookie_required" });
    expect(answer.headers.getSetCookie()).toEqual([]);
    expect((await browser.refresh()).status).toBe(200);
  });

  test("a repeated sign-in elsewhere yields no token of a session in cookies", async () => {
    await browser.post("/passwordless/init", { email: ADA });
    const body = { email: ADA, code: await server.codeFor(ADA) };
    const key = { "idempotency-key": "once" };
    const first = await browser.post("/passwordless/authenticate", body, key);
    expect(first.status).toBe(200);
    const again = await browser.post("/passwordless/authenticate", body, key, PUBLIC_HOST);
    expect(again).toMatchObject({ status: 403, code: "cookie_required" });
    const here = await browser.post("/passwordless/authenticate", body, key);
    expect(here.as<AuthenticatedUser>().refresh_token).toBe("deprecated");
  });

  test("a client without cookies gets none there, and no token of one that has them", async () => {
    const clientId = await addClient({ cookies: "disabled", allowedOrigins: [ORIGIN] });
    const native = openCookieBrowser(server, { clientId });
    const own = await native.signIn(ADA);
    expect(own.refresh_token).toMatch(/^lk1\./);
    expect(native.at(SESSION_HOST)).not.toHaveProperty("privy-token");
    await browser.signIn(ADA);
    const kept = browser.at(SESSION_HOST)["privy-refresh-token"];
    const answer = await browser.refresh({ refresh_token: kept }, { "privy-client-id": clientId });
    expect(answer).toMatchObject({ status: 403, code: "cookie_required" });
  });

  test("a client may have cookies where the app has none", async () => {
    await change({ httpOnlyCookies: false });
    const clientId = await addClient({ cookies: "enabled", allowedOrigins: [ORIGIN] });
    expect((await openCookieBrowser(server).signIn(ADA)).refresh_token).toMatch(/^lk1\./);
    const web = openCookieBrowser(server, { clientId });
    expect((await web.signIn(ADA)).refresh_token).toBe("deprecated");
  });

  test("a database that is away changes no cookie (R5)", async () => {
    await browser.signIn(ADA);
    const before = browser.at(SESSION_HOST);
    await server.services.store.close();
    for (const path of ["/sessions", "/sessions/logout"]) {
      const answer = await browser.post(path);
      expect(answer.status).toBe(503);
      expect(answer.headers.getSetCookie()).toEqual([]);
    }
    expect(browser.at(SESSION_HOST)).toEqual(before);
  });
});

describe("a domain that changed", () => {
  test("leaves no cookie behind, neither of a call nor of a navigation", async () => {
    for (const ask of [
      () => browser.refresh(),
      () => browser.navigate(`https://${SESSION_HOST}/session/refresh?redirect_uri=${ORIGIN}/`),
    ]) {
      const domain = await verifyDomain(server, server.app.id);
      clock += 5000;
      await browser.signIn(ADA);
      await changeDomain(server.services, domain, "released");
      const next = await verifyDomain(server, server.app.id, "example.org");
      clock += 5000;
      const answer = await ask();
      expect(answer.status).toBeGreaterThanOrEqual(400);
      expect(browser.at(SESSION_HOST)).toEqual({});
      await changeDomain(server.services, next, "released");
    }
  });

  test("is known to have: where no such domain was ever here, its cookies stay (R5)", async () => {
    const cookie = "privy-refresh-token=lk1.of.a.deployment.that.is.elsewhere";
    for (const path of ["/api/v1/sessions", "/session/refresh"]) {
      const answer = await server.fetch(
        new Request(`https://${SESSION_HOST}${path}`, {
          method: path === "/session/refresh" ? "GET" : "POST",
          headers: { cookie, "privy-app-id": server.app.id, origin: ORIGIN, accept: "text/html" },
        }),
        { ip: null },
      );
      expect(answer.status).toBeGreaterThanOrEqual(400);
      expect(answer.headers.getSetCookie()).toEqual([]);
    }
  });

  test("to another app is that app's: its cookies stay", async () => {
    await verifyDomain(server, server.app.id);
    await browser.signIn(ADA);
    const other = await server.addApp();
    await verifyDomain(server, other.id, "example.org");
    await browser.refresh({}, { "privy-app-id": other.id });
    expect(Object.keys(browser.at(SESSION_HOST))).toHaveLength(4);
    expect((await browser.refresh()).status).toBe(200);
  });
});

describe("enabled without a verified domain", () => {
  test("no cookie is set, and config and log say so", async () => {
    const answer = await browser.signIn(ADA);
    expect(answer.refresh_token).toMatch(/^lk1\./);
    expect(browser.at(SESSION_HOST)).not.toHaveProperty("privy-token");
    const asked = await browser.call(`/apps/${server.app.id}`);
    expect(asked.as<AppConfig>().custom_api_url).toBeNull();
    expect(asked.headers.get("x-latchkey-warning")).toContain("no verified domain");
    await browser.call(`/apps/${server.app.id}`);
    expect(warnings).toHaveLength(1);
  });

  test("a domain that was given up leaves its sessions where they are (R5)", async () => {
    const domain = await verifyDomain(server, server.app.id);
    await browser.signIn(ADA);
    await changeDomain(server.services, domain, "moved");
    clock += 5000;
    for (const host of [SESSION_HOST, PUBLIC_HOST]) {
      const answer = await browser.refresh({ refresh_token: "deprecated" }, {}, host);
      expect(answer).toMatchObject({ status: 503, code: "domain_inactive" });
    }
    expect(Object.keys(browser.at(SESSION_HOST))).toHaveLength(4);
  });
});
