import { base64url, utf8 } from "@latchkey/core/encoding";
import { afterEach, beforeEach, expect, test } from "vitest";
import { bearer, openPage, type TestPage } from "../http/testing/test-page.ts";
import { openTestServer, type TestServer } from "../http/testing/test-server.ts";

let server: TestServer;
let page: TestPage;
const logged: string[] = [];

beforeEach(async () => {
  logged.length = 0;
  const log = { debug() {}, info() {}, warn() {}, error: (_: object, m: string) => logged.push(m) };
  server = await openTestServer({ log });
  page = openPage(server);
});
afterEach(() => server.close());

const part = (json: string) => base64url(utf8(json));

test.each(['"soon"', "1e999", "null", "{}", "-1"])(
  "a token that says it was issued at %s signs nobody out and is no failure of the server (ASVS 16.5.3)",
  async (iat) => {
    const header = part('{"alg":"ES256","typ":"JWT","kid":"k"}');
    const payload = part(`{"aud":"${server.app.id}","sid":"s","iat":${iat},"exp":9e9}`);
    const token = `${header}.${payload}.${base64url(new Uint8Array(64))}`;
    const { user, token: own } = await page.signIn("ada@example.com");
    const answer = await page.post("/sessions/logout", {}, bearer(token));
    expect([answer.status, answer.text]).toEqual([200, "{}"]);
    expect(logged).toEqual([]);
    const me = await page.call("/users/me", { headers: bearer(own) });
    expect(me.as<{ user: unknown }>().user).toEqual(user);
  },
);
