import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { setTimeout as wait } from "node:timers/promises";
import { exportJWK, generateKeyPair, SignJWT } from "jose";
import { afterAll, beforeAll, expect, test } from "vitest";
import { type DevServer, startDevServer } from "../support/dev-server.ts";
import { apiError, newClient, newStorage, signIn, tokens } from "./client.ts";

const issuer = "https://login.example.com";
const audience = "the-app";

let server: DevServer;
let appId: string;
let login: Server;
let jwksUrl: string;
let issue: (subject: string, change?: (token: SignJWT) => SignJWT) => Promise<string>;
let foreignToken: string;
let endlessToken: string;

beforeAll(async () => {
  const { publicKey, privateKey } = await generateKeyPair("RS256");
  const keys = [{ ...(await exportJWK(publicKey)), kid: "login-1", alg: "RS256", use: "sig" }];
  login = createServer((_request, response) => {
    response.setHeader("content-type", "application/json").end(JSON.stringify({ keys }));
  });
  await new Promise<void>((resolve) => login.listen(0, "127.0.0.1", resolve));
  jwksUrl = `http://127.0.0.1:${(login.address() as AddressInfo).port}/jwks.json`;
  const unsigned = (subject: string) =>
    new SignJWT({})
      .setProtectedHeader({ alg: "RS256", kid: "login-1" })
      .setSubject(subject)
      .setIssuer(issuer)
      .setAudience(audience)
      .setIssuedAt();
  issue = (subject, change = (token) => token) =>
    change(unsigned(subject).setExpirationTime("5m")).sign(privateKey);
  endlessToken = await unsigned("mallory").sign(privateKey);
  const { privateKey: foreignKey } = await generateKeyPair("RS256");
  foreignToken = await unsigned("mallory").setExpirationTime("5m").sign(foreignKey);
  server = await startDevServer();
  ({ id: appId } = await server.createApp({ customJwt: { jwksUrl, issuer, audience } }));
});
afterAll(async () => {
  login.close();
  await server.stop();
});

const open = (storage = newStorage()) => newClient({ baseUrl: server.url, appId, storage });

test("a token of the app's own login signs its user up, and in again", async () => {
  const first = await open().auth.customProvider.syncWithToken(await issue("user-1"));
  expect(first).toMatchObject({
    is_new_user: true,
    user: { linked_accounts: [{ type: "custom_auth", custom_user_id: "user-1" }] },
  });
  const storage = newStorage();
  const client = open(storage);
  const again = await client.auth.customProvider.syncWithToken(await issue("user-1"));
  expect(again).toMatchObject({ is_new_user: false, user: { id: first.user.id } });
  const { user } = await client.user.get();
  expect(user.id).toBe(first.user.id);
});

test("with mode no-signup it signs up nobody", async () => {
  const token = await issue("user-2");
  await expect(
    open().auth.customProvider.syncWithToken(token, undefined, "no-signup"),
  ).rejects.toMatchObject(apiError("user_does_not_exist"));
});

test("it is linked to a user who signed in by mail, and signs that user in from then on", async () => {
  const client = open();
  const { user } = await signIn(client, server);
  const linked = await client.auth.customProvider.linkWithToken(await issue("user-3"));
  expect(linked.user.linked_accounts).toMatchObject([
    { type: "email" },
    { type: "custom_auth", custom_user_id: "user-3" },
  ]);
  const again = await open().auth.customProvider.syncWithToken(await issue("user-3"));
  expect(again.user.id).toBe(user.id);
});

test("then the address may go, and the last way in may not", async () => {
  const client = open();
  const { address } = await signIn(client, server);
  await client.auth.customProvider.linkWithToken(await issue("user-4"));
  const { user } = await client.auth.email.unlink(address);
  expect(user.linked_accounts).toMatchObject([{ type: "custom_auth", custom_user_id: "user-4" }]);
  const stranger = await signIn(open(), server, address);
  expect(stranger.is_new_user).toBe(true);
});

test.each<[string, () => Promise<string>]>([
  ["expired", () => issue("mallory", (token) => token.setExpirationTime(1))],
  ["without an expiry", async () => endlessToken],
  ["of another issuer", () => issue("mallory", (token) => token.setIssuer("https://evil.test"))],
  ["for another audience", () => issue("mallory", (token) => token.setAudience("other"))],
  ["signed by another key", async () => foreignToken],
  ["without a user", () => issue("")],
  ["that is none", async () => "not.a.token"],
])("a token %s is refused and gives no session", async (_name, make) => {
  const storage = newStorage();
  const sync = open(storage).auth.customProvider.syncWithToken(await make());
  await expect(sync).rejects.toMatchObject(apiError("invalid_credentials"));
  expect(tokens(storage)).toEqual({});
});

test("a setting changed on the command line takes effect within five seconds", async () => {
  const { id } = await server.createApp({});
  const client = newClient({ baseUrl: server.url, appId: id });
  const token = await issue("user-5");
  await expect(client.auth.customProvider.syncWithToken(token)).rejects.toMatchObject(
    apiError("disallowed_login_method"),
  );
  const setting = `customJwt=${JSON.stringify({ jwksUrl, issuer, audience })}`;
  await server.latchkey("apps", "update", id, "--set", setting);
  await wait(5000);
  await expect(client.auth.customProvider.syncWithToken(token)).resolves.toMatchObject({
    is_new_user: true,
  });
});
