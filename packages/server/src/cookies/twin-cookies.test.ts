import { cookieNames } from "@latchkey/core/cookies/cookie-names";
import type { AuthenticatedUser } from "@latchkey/core/protocol/browser";
import * as fc from "fast-check";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { openCookieBrowser } from "../http/testing/cookie-browser.ts";
import { openTestServer, type TestServer } from "../http/testing/test-server.ts";
import { SESSION_HOST, verifyDomain } from "../http/testing/verified-domain.ts";

const REFRESH_TOKEN_COOKIE = cookieNames().refreshToken;

const ADA = "ada@example.com";
const BOB = "bob@example.com";
const PATHS = ["/", "/api", "/api/v1", "/api/v1/sessions"];

let clock = Date.now();
let server: TestServer;
beforeAll(async () => {
  server = await openTestServer({
    now: () => clock,
    app: { httpOnlyCookies: true, refreshWindow: 0, lateReplay: "off" },
  });
  await verifyDomain(server, server.app.id);
});
afterAll(() => server.close());

const kept = (browser: ReturnType<typeof openCookieBrowser>) =>
  browser.at(SESSION_HOST)[REFRESH_TOKEN_COOKIE] ?? "";

/** As a page of a sibling domain sets it. */
const toss = (value: string, path: string) =>
  `${REFRESH_TOKEN_COOKIE}=${value}; Domain=example.com; Path=${path}`;

describe("several refresh-token cookies", () => {
  test("a sibling's are told apart by the mac, and expired", async () => {
    const browser = openCookieBrowser(server);
    const { user } = await browser.signIn(ADA);
    for (const [at, path] of PATHS.entries()) {
      browser.receive("evil.example.com", [
        toss(
          at % 2 === 0 ? "evil" : `lk1.k.s.0.9999999999.${"A".repeat(22)}.${"A".repeat(43)}`,
          path,
        ),
      ]);
    }
    expect(browser.count(REFRESH_TOKEN_COOKIE)).toBe(5);
    const answer = await browser.refresh();
    expect(answer.as<AuthenticatedUser>().user.id).toBe(user.id);
    expect(browser.count(REFRESH_TOKEN_COOKIE)).toBe(1);
    expect((await browser.refresh()).status).toBe(200);
  });

  test("an older one of the same session is passed over and no reuse (R4)", async () => {
    const browser = openCookieBrowser(server);
    await browser.signIn(ADA);
    const old = kept(browser);
    for (let round = 0; round < 4; round++) {
      clock += 1000;
      await browser.refresh();
    }
    browser.receive("evil.example.com", [toss(old, "/")]);
    const answer = await browser.refresh();
    expect(answer.status).toBe(200);
    expect(browser.count(REFRESH_TOKEN_COOKIE)).toBe(1);
    // Alone it would have ended the session.
    browser.receive(SESSION_HOST, [`${REFRESH_TOKEN_COOKIE}=${old}; Path=/`]);
    expect((await browser.refresh()).as<object>()).toMatchObject({ cause: "reuse" });
  });

  test("another person's live session, tossed in (ASVS 10.1.2), does not take the newer one's place, nor is it ended", async () => {
    const attacker = openCookieBrowser(server);
    await attacker.signIn(BOB);
    clock += 1000;
    const browser = openCookieBrowser(server);
    const { user } = await browser.signIn(ADA);
    const theirs = kept(attacker);
    for (let round = 0; round < 4; round++) {
      clock += 1000;
      await attacker.refresh();
    }
    browser.receive("evil.example.com", [toss(theirs, "/api")]);
    const answer = await browser.refresh();
    expect(answer.as<AuthenticatedUser>().user.id).toBe(user.id);
    expect((await attacker.refresh()).status).toBe(200);
  });

  test("logout ends every one that is ours and leaves none", async () => {
    const browser = openCookieBrowser(server);
    await browser.signIn(ADA);
    const first = kept(browser);
    await browser.signIn(ADA);
    browser.receive("evil.example.com", [toss(first, "/"), toss("evil", "/api")]);
    const second = kept(browser);
    await browser.post("/sessions/logout");
    expect(browser.count(REFRESH_TOKEN_COOKIE)).toBe(0);
    for (const token of [first, second]) {
      browser.receive(SESSION_HOST, [`${REFRESH_TOKEN_COOKIE}=${token}; Path=/`]);
      expect((await browser.refresh()).as<object>()).toMatchObject({ cause: "logout" });
    }
  });

  test("whatever is tossed in, the session's own cookie goes on to count", async () => {
    const browser = openCookieBrowser(server);
    const { user } = await browser.signIn(ADA);
    const value = fc.oneof(
      fc.stringMatching(/^[A-Za-z0-9._~-]{1,60}$/),
      fc.constantFrom("deprecated", `lk1.unknown.s.0.1.${"A".repeat(22)}.${"A".repeat(43)}`),
    );
    const tossed = fc.array(fc.tuple(value, fc.constantFrom(...PATHS)), { maxLength: 6 });
    await fc.assert(
      fc.asyncProperty(tossed, async (lines) => {
        clock += 1000;
        browser.receive(
          "evil.example.com",
          lines.map(([text, path]) => toss(text, path)),
        );
        const answer = await browser.refresh();
        expect(answer.status, answer.text).toBe(200);
        expect(answer.as<AuthenticatedUser>().user.id).toBe(user.id);
        expect(browser.count(REFRESH_TOKEN_COOKIE)).toBe(1);
      }),
      { numRuns: 60 },
    );
  });
});
