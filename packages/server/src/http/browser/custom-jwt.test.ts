import { once } from "node:events";
import { type AddressInfo, createServer } from "node:net";
import type { AuthenticatedUser, ErrorBody, User } from "@latchkey/core/protocol/browser";
import { exportJWK, generateKeyPair, SignJWT } from "jose";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { type LoginServer, openLoginServer } from "../testing/login-server.ts";
import { type Answer, bearer, openPage, type TestPage } from "../testing/test-page.ts";
import { openTestServer, type TestServer } from "../testing/test-server.ts";

let login: LoginServer;
let server: TestServer;
let page: TestPage;

beforeAll(async () => {
  login = await openLoginServer();
});
afterAll(() => login.close());

async function open(customJwt: object = {}, allowPrivateAddresses = true): Promise<void> {
  login.answerWith(undefined);
  const { jwksUrl, issuer } = login;
  const audience = "latchkey-app";
  server = await openTestServer({
    app: { guestAuth: true, customJwt: { jwksUrl, issuer, audience, ...customJwt } },
    settings: { allowPrivateAddresses },
  });
  page = openPage(server);
}
beforeEach(() => open());
afterEach(() => server.close());

const good = (claims: object = {}) => login.token({ aud: "latchkey-app", ...claims });
const authenticate = (token: string, more: object = {}) =>
  page.post("/custom_jwt_account/authenticate", { token, ...more });
const told = (answer: Answer) => [answer.status, answer.code];

test("a token of the app's own login signs its user in, the same one every time", async () => {
  const first = await authenticate(await good());
  expect(first.status).toBe(200);
  const { user, is_new_user } = first.as<AuthenticatedUser>();
  expect([user.linked_accounts, is_new_user]).toMatchObject([
    [{ type: "custom_auth", custom_user_id: "person-7" }],
    true,
  ]);
  const again = (await authenticate(await good())).as<AuthenticatedUser>();
  expect([again.user.id, again.is_new_user]).toEqual([user.id, false]);
});

test("keys on a port of this machine count only where the operator allows it (ASVS 13.2.4)", async () => {
  await server.close();
  await open({}, false);
  const refused = await authenticate(await good());
  expect(told(refused)).toEqual([503, "keys_unavailable"]);
  expect(refused.text).toContain("LATCHKEY_ALLOW_PRIVATE_ADDRESSES");
});

test("an address inside the deployment's network is not even asked, behind a name or over https (ASVS 1.3.6)", async () => {
  let connections = 0;
  const inside = createServer(() => {
    connections++;
  }).listen(0, "127.0.0.1");
  await once(inside, "listening");
  const { port } = inside.address() as AddressInfo;
  for (const host of ["127.0.0.1", "localhost", "2130706433"]) {
    await server.close();
    await open({ jwksUrl: `https://${host}:${port}/keys` }, false);
    const refused = await authenticate(await good());
    expect(told(refused)).toEqual([503, "keys_unavailable"]);
    expect(refused.text).toContain("LATCHKEY_ALLOW_PRIVATE_ADDRESSES");
  }
  inside.close();
  expect(connections).toBe(0);
});

test("no-signup lets only known users in", async () => {
  const mode = { mode: "no-signup" };
  expect(told(await authenticate(await good(), mode))).toEqual([404, "user_does_not_exist"]);
  await authenticate(await good());
  expect((await authenticate(await good(), mode)).status).toBe(200);
});

test("the claim that names the user is the app's to choose", async () => {
  await server.close();
  await open({ userIdClaim: "employee" });
  const answer = await authenticate(await good({ employee: "e-1" }));
  expect(answer.as<AuthenticatedUser>().user.linked_accounts).toMatchObject([
    { custom_user_id: "e-1" },
  ]);
  for (const employee of [7, "", "x".repeat(257), ["e-1"], undefined]) {
    const refused = await authenticate(await good({ employee }));
    expect(told(refused)).toEqual([401, "invalid_credentials"]);
    expect(refused.text).toContain("employee");
  }
});

test("a name that a database would not keep apart from another is no name", async () => {
  for (const sub of ["ada\ud800", "ada\udfff", "ada\u0000", "ada\u200b", "ada\n"]) {
    expect(told(await authenticate(await good({ sub })))).toEqual([401, "invalid_credentials"]);
  }
});

describe("a token is refused with the reason", () => {
  test.each([
    ["of another issuer", { iss: "https://evil.example" }],
    ["for another audience", { aud: "another-app" }],
    ["without an audience", { aud: undefined }],
    ["that has expired", { exp: Math.floor(Date.now() / 1000) - 60 }],
    ["that never expires", { exp: undefined }],
    ["that is not yet valid", { nbf: Math.floor(Date.now() / 1000) + 600 }],
    ["without a subject", { sub: undefined }],
  ])("%s", async (_, claims) => {
    const refused = await authenticate(await good(claims));
    expect(told(refused)).toEqual([401, "invalid_credentials"]);
    expect(refused.as<ErrorBody>().cause).toMatch(/^ERR_J/);
  });

  test("signed with the public key as a shared secret, or with nothing (ASVS 9.1.2)", async () => {
    const claims = { iss: login.issuer, aud: "latchkey-app", sub: "root" };
    const confused = await new SignJWT(claims)
      .setProtectedHeader({ alg: "HS256", kid: "login-1" })
      .setExpirationTime("5m")
      .sign(new TextEncoder().encode(login.publicPem));
    const [header, payload] = (await good()).split(".");
    const none = btoa(JSON.stringify({ alg: "none", kid: "login-1" })).replaceAll("=", "");
    for (const token of [confused, `${none}.${payload}.`, `${header}.${payload}.`]) {
      expect(told(await authenticate(token))).toEqual([401, "invalid_credentials"]);
    }
  });

  test("signed with a key of its own, whether it brings the key along or not (ASVS 9.1.3)", async () => {
    const { publicKey, privateKey } = await generateKeyPair("ES256");
    const jwk = await exportJWK(publicKey);
    for (const header of [
      { alg: "ES256", kid: "login-1" },
      { alg: "ES256", kid: "other" },
      { alg: "ES256", kid: "login-1", jwk },
      { alg: "ES256", kid: "login-1", jku: "http://127.0.0.1:9/keys" },
    ]) {
      const token = await new SignJWT({ iss: login.issuer, aud: "latchkey-app", sub: "root" })
        .setProtectedHeader(header)
        .setExpirationTime("5m")
        .sign(privateKey);
      expect(told(await authenticate(token))).toEqual([401, "invalid_credentials"]);
    }
  });

  test("that is no token", async () => {
    for (const token of ["x", "a.b.c", "..", "ﷺ", "x".repeat(16_000)]) {
      expect(told(await authenticate(token))).toEqual([401, "invalid_credentials"]);
    }
  });
});

describe("keys that cannot be fetched are an outage of the login, never a bad token (R5)", () => {
  test.each([
    ["an error", { status: 500, body: "oops" }],
    ["a page of HTML", { status: 200, body: "<html>" }],
    ["JSON that is no key set", { status: 200, body: '{"hello":"world"}' }],
    ["a redirect", { status: 302, body: "", location: "http://127.0.0.1:9/" }],
  ])("%s", async (_, answer) => {
    login.answerWith(answer);
    const refused = await authenticate(await good());
    expect(told(refused)).toEqual([503, "keys_unavailable"]);
    expect(refused.headers.get("retry-after")).toBe("1");
    login.answerWith(undefined);
    expect((await authenticate(await good())).status).toBe(200);
  });

  test("a login that does not answer at all; keys known before go on verifying", async () => {
    expect((await authenticate(await good())).status).toBe(200);
    const fetched = login.fetched();
    login.answerWith({ status: 500, body: "" });
    expect((await authenticate(await good())).status).toBe(200);
    expect(login.fetched()).toBe(fetched);
    await server.close();
    await open({ jwksUrl: "http://127.0.0.1:9/jwks.json" });
    expect(told(await authenticate(await good()))).toEqual([503, "keys_unavailable"]);
  });
});

test("a signed-in user links the account, once and to one user", async () => {
  const ada = await page.signIn("ada@example.com");
  const link = (token: string, who: AuthenticatedUser) =>
    page.post("/custom_jwt_account/link", { token }, bearer(who.token));
  const linked = await link(await good(), ada);
  expect([linked.status, linked.as<User>().linked_accounts.length]).toEqual([200, 2]);
  expect((await authenticate(await good())).as<AuthenticatedUser>().user.id).toBe(ada.user.id);
  const another = await good({ sub: "person-8" });
  expect(told(await link(another, ada))).toEqual([422, "cannot_link_more_of_type"]);
  const bob = await page.signIn("bob@example.com");
  expect(told(await link(await good(), bob))).toEqual([422, "linked_to_another_user"]);
  expect(told(await page.post("/custom_jwt_account/link", { token: await good() }))).toEqual([
    401,
    "missing_access_token",
  ]);
});

test("an app without its own login says which setting has it", async () => {
  await server.close();
  server = await openTestServer();
  page = openPage(server);
  const refused = await authenticate(await good());
  expect(told(refused)).toEqual([403, "disallowed_login_method"]);
  expect(refused.text).toContain("customJwt");
});
