import type { AuthenticatedUser } from "@latchkey/core/protocol/browser";
import { TERMINAL_CODE } from "@latchkey/core/protocol/browser";
import { expect, test } from "vitest";
import { openCookieBrowser } from "./testing/cookie-browser.ts";
import { bearer, openPage, send } from "./testing/test-page.ts";
import { ORIGIN, openTestServer, type TestServer } from "./testing/test-server.ts";
import { SESSION_HOST, verifyDomain } from "./testing/verified-domain.ts";

const PATH = "/latchkey/v1/session";
const HOUR = 3_600_000;

const ask = (server: TestServer, headers: Record<string, string> = {}, appId = server.app.id) =>
  send(server.fetch, PATH, { headers: { "privy-app-id": appId, origin: ORIGIN, ...headers } });

const sidOf = (token: string | null) =>
  JSON.parse(Buffer.from(token?.split(".")[1] ?? "", "base64url").toString()).sid as string;

test("a live session is answered by nothing, whichever of its tokens asks, and moves not at all (R3)", async () => {
  let clock = Date.now();
  const server = await openTestServer({ now: () => clock });
  const page = openPage(server);
  const { token, privy_access_token } = await page.signIn("ada@example.com");
  const before = await server.services.store.sessions.read(sidOf(token));
  for (const each of [token, privy_access_token]) {
    const answer = await ask(server, bearer(each));
    expect([answer.status, answer.text]).toEqual([204, ""]);
    expect(answer.headers.get("cache-control")).toBe("private, no-store");
    expect(answer.headers.get("access-control-allow-origin")).toBe(ORIGIN);
    expect(answer.headers.get("set-cookie")).toBeNull();
  }
  clock += 5 * HOUR;
  // The token has expired; the session it was of has not.
  expect((await ask(server, bearer(token))).status).toBe(204);
  const after = await server.services.store.sessions.read(sidOf(token));
  expect(after.session).toEqual(before.session);
  await server.close();
});

test("a session that is over is told by its typed reason, and nothing else is (R5)", async () => {
  let clock = Date.now();
  const server = await openTestServer({ now: () => clock, app: { sessionLifetime: 24 * 3600 } });
  const page = openPage(server);
  const { sessions } = server.services.store;
  const revoked = await page.signIn("ada@example.com");
  await sessions.end(sidOf(revoked.token), "revoked");
  const answer = await ask(server, bearer(revoked.token));
  expect([answer.status, answer.code]).toEqual([401, TERMINAL_CODE]);
  expect(answer.as<{ cause: string }>().cause).toBe("revoked");
  const { token } = await page.signIn("ada@example.com");
  for (const [headers, code] of [
    [{}, "missing_access_token"],
    [bearer("x.y.z"), "invalid_access_token"],
    [bearer(`${token}A`), "invalid_access_token"],
    [{ ...bearer(token), origin: "https://evil.example" }, "invalid_origin"],
  ] as const) {
    expect((await ask(server, headers)).code).toBe(code);
  }
  const other = await server.addApp();
  expect((await ask(server, bearer(token), other.id)).code).toBe("invalid_access_token");
  clock += 25 * HOUR;
  expect((await ask(server, bearer(token))).as<{ cause: string }>().cause).toBe("expired");
  await server.close();
});

test("where a cookie keeps the session the cookie asks, of a page of the app alone (ASVS 3.5.1), and stays until a refresh has judged", async () => {
  const server = await openTestServer({ app: { httpOnlyCookies: true } });
  await verifyDomain(server, server.app.id);
  const browser = openCookieBrowser(server);
  const ada = { email: "ada@example.com" };
  await browser.post("/passwordless/init", ada);
  const code = await server.codeFor(ada.email);
  const signedIn = await browser.post("/passwordless/authenticate", { ...ada, code });
  const { token } = signedIn.as<AuthenticatedUser>();
  const check = (headers: Record<string, string> = {}) =>
    browser.request(`https://${SESSION_HOST}${PATH}`, {
      headers: {
        "privy-app-id": server.app.id,
        origin: ORIGIN,
        "sec-fetch-site": "same-site",
        ...headers,
      },
    });
  expect((await check()).status).toBe(204);
  expect((await check({ origin: "https://evil.example" })).code).toBe("invalid_origin");
  await server.services.store.sessions.end(sidOf(token), "user_disabled");
  const over = await check();
  expect([over.code, over.as<{ cause: string }>().cause]).toEqual([TERMINAL_CODE, "user_disabled"]);
  expect(over.headers.get("set-cookie")).toBeNull();
  expect(browser.at(SESSION_HOST)["privy-refresh-token"]).toBeTruthy();
  await browser.post("/sessions", { refresh_token: "deprecated" });
  expect(browser.at(SESSION_HOST)["privy-refresh-token"]).toBeUndefined();
  await server.close();
});

test("a preflight is answered, so that pages of other origins than the server's may ask", async () => {
  const server = await openTestServer();
  const answer = await send(server.fetch, PATH, {
    method: "OPTIONS",
    headers: {
      origin: ORIGIN,
      "access-control-request-method": "GET",
      "access-control-request-headers": "authorization,privy-app-id",
    },
  });
  expect(answer.status).toBe(204);
  expect(answer.headers.get("access-control-allow-headers")).toBe("authorization,privy-app-id");
  await server.close();
});
