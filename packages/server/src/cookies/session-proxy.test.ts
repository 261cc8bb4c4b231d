import type { AppConfig, AuthenticatedUser } from "@latchkey/core/protocol/browser";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { openCookieBrowser } from "../http/testing/cookie-browser.ts";
import { basic, send } from "../http/testing/test-page.ts";
import { ORIGIN, openTestServer, type TestServer } from "../http/testing/test-server.ts";

const HOST = "app.example.com";
const BASE = `${ORIGIN}/__session`;
const ADA = "ada@example.com";

let server: TestServer;
let proxy: Record<string, string>;

beforeAll(async () => {
  server = await openTestServer({
    app: { httpOnlyCookies: true, identityToken: true, refreshWindow: 0 },
  });
  proxy = headersOf(BASE, server.app.id, server.secret);
});
afterAll(() => server.close());

function headersOf(base: string, id: string, secret: string): Record<string, string> {
  const { authorization } = basic(id, secret);
  return { "x-latchkey-proxy-base": base, "x-latchkey-proxy-authorization": authorization };
}

/** A browser whose calls go to a path of the app's host, which an app's server passes on. */
function openProxied(headers = proxy) {
  const browser = openCookieBrowser(server, { host: HOST });
  const through = (path: string, options: Parameters<typeof browser.request>[1] = {}) => {
    const cookies = Object.entries(browser.at(HOST, `/__session${path}`));
    const cookie = cookies.map((pair) => pair.join("=")).join("; ");
    return send(server.fetch, `https://sessions.example.net${path}`, {
      ...options,
      headers: {
        "privy-app-id": server.app.id,
        origin: ORIGIN,
        "x-latchkey-proxy-sec-fetch-site": "same-origin",
        // As the fetch of Node writes it.
        "sec-fetch-mode": "cors",
        ...(cookie && { cookie }),
        ...headers,
        ...options.headers,
      },
    }).then((answer) => {
      browser.receive(HOST, answer.headers.getSetCookie());
      return answer;
    });
  };
  return {
    browser,
    through,
    async signIn() {
      await through("/api/v1/passwordless/init", { body: { email: ADA } });
      const code = await server.codeFor(ADA);
      const body = { email: ADA, code };
      return through("/api/v1/passwordless/authenticate", { body });
    },
  };
}

describe("an app's own server in front, without a verified domain", () => {
  test("has the cookies on its host alone, the refresh token's bound to its path", async () => {
    const { browser, through, signIn } = openProxied();
    const config = await through(`/api/v1/apps/${server.app.id}`);
    expect(config.as<AppConfig>().custom_api_url).toBe(BASE);
    expect((await signIn()).as<AuthenticatedUser>().refresh_token).toBe("deprecated");
    expect(Object.keys(browser.at(HOST, "/notes")).sort()).toEqual([
      "privy-id-token",
      "privy-session",
      "privy-token",
    ]);
    expect(Object.keys(browser.at(HOST, "/__session/api/v1/sessions"))).toHaveLength(4);
    expect(browser.line("privy-refresh-token")).toContain("Path=/__session;");
    expect(browser.line("privy-token")).not.toContain("Domain=");
    expect(browser.at("other.example.com")).toEqual({});
    const refreshed = await through("/api/v1/sessions", { body: {} });
    expect(refreshed.as<AuthenticatedUser>().refresh_token).toBe("deprecated");
    const out = await through("/api/v1/sessions/logout", { body: {} });
    expect(out.status).toBe(200);
    expect(browser.at(HOST, "/__session")).toEqual({});
  });

  test("renews by navigation, and returns to its own origin only", async () => {
    const { browser, through, signIn } = openProxied();
    await signIn();
    const before = browser.at(HOST, "/__session")["privy-refresh-token"];
    const go = (redirect_uri: string) =>
      through(`/session/refresh?${new URLSearchParams({ redirect_uri })}`, {
        headers: { accept: "text/html", origin: undefined },
      });
    const answer = await go(`${ORIGIN}/notes`);
    expect(answer.headers.get("location")).toBe(`${ORIGIN}/notes?latchkey_refresh=renewed`);
    expect(browser.at(HOST, "/__session")["privy-refresh-token"]).not.toBe(before);
    expect((await go("https://evil.test/")).text).toContain("return_not_allowed");
  });

  test("needs the app's secret, an https address with a path, and a page that is listed", async () => {
    const { id } = server.app;
    for (const headers of [
      headersOf(BASE, id, "wrong"),
      { "x-latchkey-proxy-base": BASE },
      headersOf("http://app.example.com/__session", id, server.secret),
      headersOf(ORIGIN, id, server.secret),
      headersOf(`${BASE}?x`, id, server.secret),
      headersOf("https://app.example.com/a;b", id, server.secret),
    ]) {
      const refused = await openProxied(headers).through("/api/v1/sessions", { body: {} });
      expect(refused).toMatchObject({ status: 401, code: "invalid_credentials" });
    }
    const other = await server.addApp({ httpOnlyCookies: true });
    const theirs = openProxied(headersOf(BASE, other.id, other.secret));
    // Proven for one app, used for another: what it says of the browser is nobody's word here.
    expect(await theirs.signIn()).toMatchObject({ status: 401, code: "invalid_credentials" });
    const config = await theirs.through(`/api/v1/apps/${id}`);
    expect(config).toMatchObject({ status: 401, code: "invalid_credentials" });
    const { through } = openProxied();
    const elsewhere = { origin: "https://evil.test" };
    expect((await through("/api/v1/sessions", { body: {}, headers: elsewhere })).code).toBe(
      "invalid_origin",
    );
    const foreign = { "x-latchkey-proxy-sec-fetch-site": "cross-site" };
    expect((await through("/api/v1/sessions", { body: {}, headers: foreign })).code).toBe(
      "invalid_origin",
    );
    const silent = { origin: undefined };
    expect((await through("/api/v1/sessions", { body: {}, headers: silent })).code).toBe(
      "missing_origin",
    );
  });
});
