import { decodeJwt } from "jose";
import { afterAll, beforeAll, expect, test } from "vitest";
import { type DevServer, startDevServer } from "../support/dev-server.ts";
import { signInByCode } from "./plain-browser.ts";
import { CALLBACK, COOKIE_PASSWORD, impersonationCode, openWorkOS } from "./workos.ts";

let server: DevServer;
beforeAll(async () => {
  server = await startDevServer();
});
afterAll(() => server.stop());

test("authorize, the hosted pages, a code, PKCE, tokens: as the SDK does it", async () => {
  const workos = openWorkOS(server);
  const { userManagement } = workos;
  const pkce = await workos.pkce.generate();
  const state = "a state with spaces, & and %2F and ümlauts";
  const url = userManagement.getAuthorizationUrl({
    provider: "authkit",
    redirectUri: CALLBACK,
    state,
    codeChallenge: pkce.codeChallenge,
    codeChallengeMethod: "S256",
  });
  const email = "ada@example.com";
  const back = await signInByCode(server.url, url, email, () => server.mailedCode(email));
  expect(`${back.origin}${back.pathname}`).toBe(CALLBACK);
  expect(back.searchParams.get("state")).toBe(state);
  const code = back.searchParams.get("code") ?? "";
  const answer = await userManagement.authenticateWithCode({
    code,
    codeVerifier: pkce.codeVerifier,
    session: { sealSession: true, cookiePassword: COOKIE_PASSWORD },
  });
  expect(answer.user).toMatchObject({ object: "user", email, emailVerified: true });
  expect(answer.authenticationMethod).toBe("MagicAuth");
  expect(decodeJwt(answer.accessToken)).toMatchObject({
    iss: `${server.url.replace("127.0.0.1", "localhost")}/user_management/${server.credentials.client_id}`,
    sub: answer.user.id,
  });
  expect(answer.sealedSession?.length).toBeLessThan(2048);
  const session = userManagement.loadSealedSession({
    sessionData: answer.sealedSession ?? "",
    cookiePassword: COOKIE_PASSWORD,
  });
  expect(await session.authenticate()).toMatchObject({ authenticated: true, user: { email } });
});

test("a magic code that the app's server asked for signs in", async () => {
  const { userManagement } = openWorkOS(server);
  const email = "grace@example.com";
  const magicAuth = await userManagement.createMagicAuth({ email });
  expect(magicAuth).toMatchObject({ object: "magic_auth", email, code: expect.any(String) });
  const wrong = magicAuth.code === "000000" ? "000001" : "000000";
  await expect(
    userManagement.authenticateWithMagicAuth({ email, code: wrong }),
  ).rejects.toMatchObject({ status: 400, code: "invalid_one_time_code" });
  const { user } = await userManagement.authenticateWithMagicAuth({
    email,
    code: magicAuth.code,
    ipAddress: "203.0.113.7",
    userAgent: "Ada's browser",
  });
  expect(user).toMatchObject({ id: magicAuth.userId, emailVerified: true });
  const { data } = await userManagement.listSessions(user.id);
  expect(data).toMatchObject([{ ipAddress: "203.0.113.7", userAgent: "Ada's browser" }]);
});

test("an operator acts as a user: named to the app, in the token and in the list, for an hour", async () => {
  const { userManagement } = openWorkOS(server);
  const user = await userManagement.createUser({ email: "mary@example.com", emailVerified: true });
  const code = await impersonationCode(server, user.email);
  const answer = await userManagement.authenticateWithCode({ code });
  const impersonator = { email: "operator@example.com", reason: "Ticket 4711" };
  expect(answer).toMatchObject({ impersonator, authenticationMethod: "Impersonation" });
  expect(decodeJwt(answer.accessToken).act).toEqual({ sub: impersonator.email });
  expect(answer.user.lastSignInAt).toBeNull();
  const { data } = await userManagement.listSessions(user.id);
  expect(data).toMatchObject([{ impersonator, authMethod: "impersonation", status: "active" }]);
  const [session] = data;
  const lifetime = Date.parse(session?.expiresAt ?? "") - Date.parse(session?.createdAt ?? "");
  expect(lifetime).toBeLessThanOrEqual(3_600_000);
  const refreshed = await userManagement.authenticateWithRefreshToken({
    refreshToken: answer.refreshToken,
  });
  expect(refreshed.impersonator).toEqual(impersonator);
});

test("the operator's command line makes an address that signs in once", async () => {
  const { userManagement } = openWorkOS(server);
  const { client_id } = server.credentials;
  await userManagement.createUser({ email: "hedy@example.com" });
  const printed = await server.latchkey(
    ...["impersonate", client_id, "hedy@example.com", "--as", "operator@example.com"],
    ...["--reason", "Ticket 4712", "--redirect-uri", CALLBACK],
  );
  const code = new URL(/http\S+/.exec(printed)?.[0] ?? "").searchParams.get("code") ?? "";
  const answer = await userManagement.authenticateWithCode({ code });
  expect(answer.impersonator).toMatchObject({ reason: "Ticket 4712" });
});
