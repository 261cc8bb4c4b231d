import { crypto } from "@latchkey/core/crypto";
import { base64url, utf8 } from "@latchkey/core/encoding";
import type { AuthenticationAnswer, OAuthErrorBody } from "@latchkey/core/protocol/app-server";
import { appServerIssuer, verifyAppServerToken } from "@latchkey/core/tokens/app-server-tokens";
import { decodeJwt } from "@latchkey/core/tokens/jwt";
import { createLocalJWKSet, jwtVerify } from "jose";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { issueAuthorizationCode } from "../../sessions/authorization-codes.ts";
import { openAppServer, type TestAppServer } from "../testing/app-server.ts";
import { type Answer, send } from "../testing/test-page.ts";
import { openTestServer, type TestServer } from "../testing/test-server.ts";

const EMAIL = "ada@example.com";
const PATH = "/user_management/authenticate";
let server: TestServer;
let backend: TestAppServer;
let clock: number;

beforeEach(async () => {
  clock = Date.now();
  server = await openTestServer({
    now: () => clock,
    settings: { sessions: { accessTokenTtl: null, refreshWindow: 120 } },
  });
  backend = openAppServer(server);
});
afterEach(() => server.close());

const exchange = (code: string, more: object = {}, headers = {}) =>
  backend.authenticate({ grant_type: "authorization_code", code, ...more }, headers);
const sidOf = (answer: AuthenticationAnswer) => String(decodeJwt(answer.access_token)?.payload.sid);
const verifierAndChallenge = async () => {
  const verifier = base64url(crypto.randomBytes(32));
  return { verifier, codeChallenge: base64url(await crypto.sha256(utf8(verifier))) };
};

/** RFC 6749 section 5.2: two fields and no other. */
function expectRefused(answer: Answer, status: number, error: string, words = /./): void {
  const body = answer.as<OAuthErrorBody>();
  expect([answer.status, body.error], answer.text).toEqual([status, error]);
  expect(Object.keys(body).sort()).toEqual(["error", "error_description"]);
  expect(body.error_description).toMatch(words);
  expect(answer.headers.get("content-type")).toMatch(/^application\/json/);
}

describe("a code", () => {
  test("becomes a user, an access token and a refresh token, and nothing that clients would seal for nothing", async () => {
    const answer = await exchange(await backend.code());
    expect(answer.status, answer.text).toBe(200);
    expect(answer.headers.get("content-type")).toMatch(/^application\/json/);
    expect(answer.headers.get("cache-control")).toBe("private, no-store");
    expect(answer.headers.get("vary")).toContain("Cookie");
    const body = answer.as<AuthenticationAnswer>();
    expect(Object.keys(body).sort()).toEqual([
      "access_token",
      "authentication_method",
      "refresh_token",
      "user",
    ]);
    expect(body.authentication_method).toBe("MagicAuth");
    expect(Object.keys(body.user).sort()).toEqual(
      `created_at email email_verified external_id first_name id last_name last_sign_in_at locale
       metadata name object profile_picture_url updated_at`.split(/\s+/),
    );
    expect(body.user).toMatchObject({ object: "user", email: EMAIL, email_verified: true });
    const payload = decodeJwt(body.access_token)?.payload ?? {};
    expect(Object.keys(payload).sort()).toEqual([
      "auth_time",
      "exp",
      "iat",
      "iss",
      "jti",
      "sid",
      "sub",
    ]);
    expect(payload.sub).toBe(body.user.id);
    expect(Number(payload.exp) - Number(payload.iat)).toBe(900);
  });

  test("begins a session of 400 days that an independent library verifies by the published keys (RFC 7517)", async () => {
    const body = await backend.signIn();
    const jwks = await send(server.fetch, `/sso/jwks/${server.app.clientId}`);
    expect(jwks.headers.get("access-control-allow-origin")).toBe("*");
    const issuer = `https://sessions.example.com/user_management/${server.app.clientId}`;
    const { payload } = await jwtVerify(
      body.access_token,
      createLocalJWKSet(jwks.as<{ keys: never[] }>()),
      { issuer, algorithms: ["ES256"], currentDate: new Date(clock) },
    );
    const { session } = await server.services.store.sessions.read(String(payload.sid));
    expect(session).toMatchObject({
      protocol: "app_server",
      delivery: "body",
      authMethod: "email",
    });
    const days = ((session?.absoluteExpiresAt ?? 0) - clock) / 86_400_000;
    expect(days).toBeCloseTo(400, 1);
  });

  test("is good once; a second use revokes what the first began (R6, RFC 6749 4.1.2, ASVS 10.4.1)", async () => {
    const code = await backend.code();
    const first = (await exchange(code)).as<AuthenticationAnswer>();
    expectRefused(await exchange(code), 400, "invalid_grant", /used before/);
    expectRefused(await backend.refresh(first.refresh_token), 400, "invalid_grant", /revoked/);
    const events = await server.services.store.sessions.events(sidOf(first));
    expect(events.map(({ type }) => type)).toEqual(["signed_in", "code_reuse"]);
  });

  test("used by two at once begins one session, and none is left of a theft (R6)", async () => {
    const code = await backend.code();
    const answers = await Promise.all([exchange(code), exchange(code), exchange(code)]);
    expect(answers.map(({ status }) => status).sort()).toEqual([200, 400, 400]);
    const won = answers.find(({ status }) => status === 200)?.as<AuthenticationAnswer>();
    expectRefused(await backend.refresh(won?.refresh_token ?? ""), 400, "invalid_grant");
  });

  test("repeated with its Idempotency-Key gets the same session for a minute (R6)", async () => {
    const code = await backend.code();
    const key = { "idempotency-key": "retry-1" };
    const answers = await Promise.all([1, 2, 3].map(() => exchange(code, {}, key)));
    const bodies = answers.map((answer) => answer.as<AuthenticationAnswer>());
    expect(answers.map(({ status }) => status)).toEqual([200, 200, 200]);
    expect(new Set(bodies.map((body) => body.refresh_token)).size).toBe(1);
    expect(new Set(bodies.map(sidOf)).size).toBe(1);
    clock += 59_000;
    expect((await exchange(code, {}, key)).status).toBe(200);
    clock += 2000;
    expectRefused(await exchange(code, {}, key), 400, "invalid_grant");
  });

  test("an Idempotency-Key of another request is refused and spends nothing (R6)", async () => {
    const [first, second] = [await backend.code(), await backend.code()];
    const key = { "idempotency-key": "retry-1" };
    expect((await exchange(first, {}, key)).status).toBe(200);
    expectRefused(await exchange(second, {}, key), 422, "idempotency_key_reused");
    expect((await exchange(second)).status).toBe(200);
  });

  test("is good for ten minutes (ASVS 10.4.2)", async () => {
    const [early, late] = [await backend.code(), await backend.code()];
    clock += 599_000;
    expect((await exchange(early)).status).toBe(200);
    clock += 2000;
    expectRefused(await exchange(late), 400, "invalid_grant", /expired/);
  });

  test("issued with PKCE needs its verifier, whoever has the secret (RFC 7636 4.6, ASVS 10.4.6)", async () => {
    const { verifier, codeChallenge } = await verifierAndChallenge();
    const code = await backend.code({ codeChallenge });
    for (const more of [{}, { code_verifier: null }, { code_verifier: `${verifier}x` }]) {
      expectRefused(await exchange(code, more), 400, "invalid_grant", /code_verifier/);
    }
    // None of that spent it, so that nobody who only saw the code can end the sign-in.
    expect((await exchange(code, { code_verifier: verifier })).status).toBe(200);
    expectRefused(await exchange(code, { code_verifier: "x" }), 400, "invalid_grant");
    expect(
      (await server.services.store.users.list(server.app.id, { after: null, limit: 9 })).length,
    ).toBe(1);
  });

  test("a wrong verifier after the exchange revokes nothing: its sender has proven nothing", async () => {
    const { verifier, codeChallenge } = await verifierAndChallenge();
    const code = await backend.code({ codeChallenge });
    const first = await exchange(code, { code_verifier: verifier });
    expectRefused(await exchange(code, { code_verifier: "x" }), 400, "invalid_grant");
    const { refresh_token } = first.as<AuthenticationAnswer>();
    expect((await backend.refresh(refresh_token)).status).toBe(200);
  });

  test("of another app is refused and stays good", async () => {
    const other = openAppServer(server, await server.addApp());
    const code = await backend.code();
    const answer = await other.authenticate({ grant_type: "authorization_code", code });
    expectRefused(answer, 400, "invalid_grant", /another app/);
    expect((await exchange(code)).status).toBe(200);
  });

  test("with another redirect_uri than it was sent to is refused (RFC 6749 4.1.3)", async () => {
    const code = await backend.code();
    const elsewhere = await exchange(code, { redirect_uri: "https://app.example.com/other" });
    expectRefused(elsewhere, 400, "invalid_grant", /redirect_uri/);
  });

  test("of a user who was disabled or deleted meanwhile begins nothing", async () => {
    const { store } = server.services;
    const [disabled, deleted] = [
      await backend.code(),
      await backend.code({ email: "bob@example.com" }),
    ];
    await store.users.setDisabled(server.app.id, (await backend.user(EMAIL)).id, true);
    await store.users.delete(server.app.id, (await backend.user("bob@example.com")).id);
    expectRefused(await exchange(disabled), 400, "invalid_grant", /disabled/);
    expectRefused(await exchange(deleted), 400, "invalid_grant", /deleted/);
  });

  test("keeps when the user really signed in, for apps that ask again after a while", async () => {
    const authenticatedAt = clock - 3_600_000;
    const { store } = server.services;
    const user = await backend.user(EMAIL);
    const app = await server.services.directory.find(server.app.id);
    if (!app) throw new TypeError("The app is not there.");
    const code = await issueAuthorizationCode(server.services, {
      app,
      userId: user.id,
      redirectUri: "https://app.example.com/callback",
      codeChallenge: null,
      method: "password",
      authenticatedAt,
    });
    const body = (await exchange(code)).as<AuthenticationAnswer>();
    const payload = decodeJwt(body.access_token)?.payload;
    expect(payload?.auth_time).toBe(Math.floor(authenticatedAt / 1000));
    expect(body.authentication_method).toBe("Password");
    expect((await store.sessions.read(sidOf(body))).session?.createdAt).toBe(clock);
  });
});

describe("the client", () => {
  test("with a wrong secret or an unknown id gets no token (RFC 6749 5.2)", async () => {
    const code = await backend.code();
    for (const more of [
      { client_secret: "sk_wrong" },
      { client_secret: server.secret },
      { client_id: "client_none" },
      { client_id: server.app.id },
    ]) {
      expectRefused(await exchange(code, more), 401, "invalid_client");
    }
    expect((await exchange(code)).status).toBe(200);
  });

  test("without a secret gets none unless the app is for public clients, and never without PKCE", async () => {
    const { verifier, codeChallenge } = await verifierAndChallenge();
    const asPublic = (clientId: string, more: object) =>
      send(server.fetch, PATH, {
        body: { grant_type: "authorization_code", client_id: clientId, ...more },
      });
    const code = await backend.code({ codeChallenge });
    const refused = await asPublic(server.app.clientId, { code, code_verifier: verifier });
    expectRefused(refused, 401, "invalid_client", /publicClients/);

    const app = await server.addApp({ publicClients: true });
    const page = openAppServer(server, app);
    const bare = await page.code();
    expectRefused(await asPublic(app.clientId, { code: bare }), 400, "invalid_grant", /PKCE/);
    const proven = await page.code({ codeChallenge });
    const answer = await asPublic(app.clientId, { code: proven, code_verifier: verifier });
    expect(answer.status, answer.text).toBe(200);
    const refresh = (refresh_token: string) =>
      send(server.fetch, PATH, {
        body: { grant_type: "refresh_token", client_id: app.clientId, refresh_token },
      });
    expect((await refresh(answer.as<AuthenticationAnswer>().refresh_token)).status).toBe(200);
    // A session of the app's server is refreshed by nobody without the key.
    const { refresh_token } = await page.signIn();
    expectRefused(await refresh(refresh_token), 503, "invalid_client", /API key/);
  });

  test("names the grants and fields that it gets wrong (RFC 6749 5.2)", async () => {
    const sent = (body: unknown) => send(server.fetch, PATH, { method: "POST", body });
    expectRefused(await sent("{"), 400, "invalid_request", /JSON/);
    expectRefused(await sent("{}"), 400, "invalid_request", /grant_type/);
    expectRefused(
      await backend.authenticate({ grant_type: "implicit" }),
      400,
      "unsupported_grant_type",
    );
    const missing = await backend.authenticate({ grant_type: "authorization_code" });
    expectRefused(missing, 400, "invalid_request", /code is missing/);
    const posted = (body: string, type: string) =>
      send(server.fetch, PATH, { body, headers: { "content-type": type } });
    const form = "application/x-www-form-urlencoded";
    expectRefused(
      await posted("grant_type=refresh_token", form),
      400,
      "invalid_request",
      /client_id/,
    );
    expectRefused(await posted("code=a&code=b", form), 400, "invalid_request", /only once/);
    expectRefused(await posted("{}", "text/plain"), 415, "unsupported_media_type");
    const get = await send(server.fetch, PATH);
    expectRefused(get, 405, "method_not_allowed");
  });
});

describe("a refresh", () => {
  test("repeated in parallel answers one refresh token (R1, R3)", async () => {
    const { refresh_token } = await backend.signIn();
    clock += 900_000;
    const answers = await Promise.all(
      Array.from({ length: 8 }, () => backend.refresh(refresh_token)),
    );
    expect(answers.map(({ status }) => status)).toEqual(Array(8).fill(200));
    const tokens = answers.map((answer) => answer.as<AuthenticationAnswer>().refresh_token);
    expect(new Set(tokens).size).toBe(1);
    expect(tokens[0]).not.toBe(refresh_token);
  });

  test("answers what the sign-in did, with the user as they are now", async () => {
    const first = await backend.signIn();
    await backend.call(`/user_management/users/${first.user.id}`, {
      method: "PUT",
      body: { first_name: "Ada", last_name: "Lovelace" },
    });
    const again = (await backend.refresh(first.refresh_token)).as<AuthenticationAnswer>();
    expect(again.user).toMatchObject({ id: first.user.id, name: "Ada Lovelace" });
    expect(again.authentication_method).toBe("MagicAuth");
    expect(sidOf(again)).toBe(sidOf(first));
  });

  test("ends only by 400 invalid_grant: revoked, deleted, expired, never ours (R5)", async () => {
    const { store } = server.services;
    const revoked = await backend.signIn();
    await store.sessions.end(sidOf(revoked), "revoked");
    expectRefused(await backend.refresh(revoked.refresh_token), 400, "invalid_grant", /revoked/);
    expectRefused(await backend.refresh("nonsense"), 400, "invalid_grant", /not a refresh token/);
    const gone = await backend.signIn();
    await backend.call(`/user_management/users/${gone.user.id}`, { method: "DELETE" });
    expectRefused(await backend.refresh(gone.refresh_token), 400, "invalid_grant", /deleted/);
    const old = await backend.signIn({ email: "bob@example.com" });
    clock += 401 * 86_400_000;
    expectRefused(await backend.refresh(old.refresh_token), 400, "invalid_grant", /expired/);
  });

  test("with a wrong API key or client id is 503: no client takes that for the end (R5)", async () => {
    const { refresh_token } = await backend.signIn();
    for (const more of [{ client_secret: "sk_wrong" }, { client_id: "client_none" }]) {
      expectRefused(await backend.refresh(refresh_token, more), 503, "invalid_client");
    }
    expect((await backend.refresh(refresh_token)).status).toBe(200);
  });

  test("of another app's or protocol's session changes nothing and ends nothing (R6)", async () => {
    const other = openAppServer(server, await server.addApp());
    const { refresh_token } = await backend.signIn();
    expectRefused(await other.refresh(refresh_token), 503, "client_mismatch");
    expect((await backend.refresh(refresh_token)).status).toBe(200);
  });
});

test("a token of one client is refused by the verifier of every other (R7)", async () => {
  const other = openAppServer(server, await server.addApp());
  const [mine, theirs] = [await backend.signIn(), await other.signIn()];
  const issuer = appServerIssuer("https://sessions.example.com", server.app.clientId);
  const verify = (token: string) =>
    verifyAppServerToken(token, {
      issuer,
      now: Math.floor(clock / 1000),
      keyFor: (kid) => server.services.signingKeys.verifyingKey(server.app.id, "app_server", kid),
    });
  expect(await verify(mine.access_token)).toMatchObject({ ok: true });
  expect(await verify(theirs.access_token)).toMatchObject({ ok: false, reason: "wrong_issuer" });
});
