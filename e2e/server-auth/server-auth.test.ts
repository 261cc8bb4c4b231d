/** An app's server that runs the vendor's server-auth. */
import { setTimeout as wait } from "node:timers/promises";
import { PrivyClient } from "@privy-io/server-auth";
import { decodeJwt } from "jose";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { apiError, newClient, newStorage, signIn, tokens } from "../js-sdk-core/client.ts";
import { newAddress } from "../support/addresses.ts";
import type { CreatedApp } from "../support/created-app.ts";
import { type DevServer, startDevServer } from "../support/dev-server.ts";
import { forgedTokens } from "../support/forged-tokens.ts";

let server: DevServer;
let seeded: CreatedApp;
let backend: PrivyClient;
/** Has no users but its tests' own. */
let other: CreatedApp;
let otherBackend: PrivyClient;

beforeAll(async () => {
  server = await startDevServer();
  seeded = { id: server.credentials.app_id, secret: server.credentials.app_secret };
  other = await server.createApp({ accessTokenTtl: 1, allowlistEnabled: true });
  backend = new PrivyClient(seeded.id, seeded.secret, { apiURL: server.url });
  otherBackend = new PrivyClient(other.id, other.secret, { apiURL: server.url });
});
afterAll(() => server.stop());

/** A user who is signed in, and the tokens that the app's server receives from the browser. */
async function signedIn(app = seeded) {
  const storage = newStorage();
  const client = newClient({ baseUrl: server.url, appId: app.id, storage });
  const { user, address } = await signIn(client, server);
  const { access = "", sessionServer = "", identity = "" } = tokens(storage);
  return { client, user, address, access, sessionServer, identity };
}

describe("an access token", () => {
  test("is verified by the key of the app's configuration", async () => {
    const { access, user } = await signedIn();
    const claims = await backend.verifyAuthToken(access);
    const { exp = 0, iat = 0 } = decodeJwt(access);
    expect(claims).toEqual({
      appId: seeded.id,
      issuer: "privy.io",
      issuedAt: iat,
      expiration: exp,
      sessionId: expect.any(String),
      userId: user.id,
    });
    expect(exp - iat).toBe(3600);
    await expect(backend.verifyAuthToken(`Bearer ${access}`)).resolves.toEqual(claims);
  });

  test("is verified without any request by a key that the app was given", async () => {
    const { access, user } = await signedIn();
    const key = await backend.getVerificationKey();
    const offline = new PrivyClient(seeded.id, "", { apiURL: "http://localhost:9" });
    await expect(offline.verifyAuthToken(access, key)).resolves.toMatchObject({ userId: user.id });
  });

  test("that is forged is refused", async () => {
    const { access } = await signedIn();
    for (const [name, forged] of await forgedTokens(access, await backend.getVerificationKey())) {
      await expect(backend.verifyAuthToken(forged), name).rejects.toThrow();
    }
  });

  test("that expired is refused", async () => {
    await otherBackend.inviteToAllowlist({ type: "email", value: "expired@example.com" });
    const storage = newStorage();
    const client = newClient({ baseUrl: server.url, appId: other.id, storage });
    await signIn(client, server, "expired@example.com");
    const { access = "" } = tokens(storage);
    await expect(otherBackend.verifyAuthToken(access)).resolves.toBeTruthy();
    await wait(2000);
    await expect(otherBackend.verifyAuthToken(access)).rejects.toThrow(/exp/);
  });

  test("of another app is refused, by its audience and by its key", async () => {
    const { access } = await signedIn();
    await expect(otherBackend.verifyAuthToken(access)).rejects.toThrow();
    const key = await backend.getVerificationKey();
    await expect(otherBackend.verifyAuthToken(access, key)).rejects.toThrow(/aud/);
  });

  test("is not what the session server's own token is", async () => {
    const { sessionServer } = await signedIn();
    await expect(backend.verifyAuthToken(sessionServer)).rejects.toThrow(/aud/);
  });
});

describe("a user", () => {
  test("is found by id, address and identity token", async () => {
    const { user, address, identity } = await signedIn();
    const expected = { id: user.id, email: { address }, isGuest: false };
    await expect(backend.getUser(user.id)).resolves.toMatchObject(expected);
    await expect(backend.getUserById(user.id)).resolves.toMatchObject(expected);
    await expect(backend.getUserByEmail(address.toUpperCase())).resolves.toMatchObject(expected);
    await expect(backend.getUser({ idToken: identity })).resolves.toMatchObject({
      ...expected,
      createdAt: new Date(user.created_at * 1000),
    });
  });

  test("who does not exist is null or an error, never somebody else", async () => {
    await expect(backend.getUserByEmail(newAddress())).resolves.toBeNull();
    await expect(backend.getUserByCustomAuthId("nobody")).resolves.toBeNull();
    await expect(backend.getUserById("did:privy:c000000000000000000000000")).rejects.toMatchObject({
      status: 404,
    });
  });

  test("of one app is no user of another", async () => {
    const { user, address } = await signedIn();
    await expect(otherBackend.getUserById(user.id)).rejects.toMatchObject({ status: 404 });
    await expect(otherBackend.getUserByEmail(address)).resolves.toBeNull();
    await expect(otherBackend.deleteUser(user.id)).rejects.toMatchObject({ status: 404 });
    await expect(backend.getUserById(user.id)).resolves.toBeTruthy();
  });

  test("is imported with accounts and metadata, and signs in as that user", async () => {
    const address = newAddress();
    const imported = await backend.importUser({
      linkedAccounts: [
        { type: "email", address },
        { type: "custom_auth", customUserId: address },
      ],
      customMetadata: { plan: "pro", seats: 3, trial: false },
    });
    expect(imported).toMatchObject({
      email: { address },
      custom: { customUserId: address },
      customMetadata: { plan: "pro", seats: 3, trial: false },
    });
    await expect(backend.getUserByCustomAuthId(address)).resolves.toMatchObject({
      id: imported.id,
    });
    const client = newClient({ baseUrl: server.url, appId: seeded.id });
    const { user, is_new_user } = await signIn(client, server, address);
    expect({ id: user.id, is_new_user }).toEqual({ id: imported.id, is_new_user: false });
  });

  test("gets metadata, which the identity token then carries", async () => {
    const { client, user } = await signedIn();
    const metadata = { plan: "free", seats: 1, trial: true };
    await expect(backend.setCustomMetadata(user.id, metadata)).resolves.toMatchObject({
      customMetadata: metadata,
    });
    await client.user.refreshUser();
    const idToken = (await client.getIdentityToken()) ?? "";
    await expect(backend.getUser({ idToken })).resolves.toMatchObject({
      customMetadata: metadata,
    });
  });

  test("who is deleted is gone, and so are the sessions", async () => {
    const { client, user, address } = await signedIn();
    await backend.deleteUser(user.id);
    await expect(backend.getUserById(user.id)).rejects.toMatchObject({ status: 404 });
    await expect(client.user.get()).rejects.toMatchObject(apiError("missing_or_invalid_token"));
    await expect(client.getAccessToken()).resolves.toBeNull();
    const again = await signIn(client, server, address);
    expect(again.is_new_user).toBe(true);
    expect(again.user.id).not.toBe(user.id);
  });
});

test("all users are listed over several pages, and searched", async () => {
  const app = await server.createApp({});
  const own = new PrivyClient(app.id, app.secret, { apiURL: server.url });
  await expect(own.getUsers()).resolves.toEqual([]);
  const addresses = Array.from({ length: 120 }, (_, at) => `user-${at}@example.com`);
  for (const address of addresses) {
    await own.importUser({ linkedAccounts: [{ type: "email", address }] });
  }
  const all = await own.getUsers();
  expect(new Set(all.map(({ email }) => email?.address))).toEqual(new Set(addresses));
  expect(all).toHaveLength(120);

  const found = await own.getUsers("user-11");
  expect(found.map(({ email }) => email?.address).sort()).toEqual(
    addresses.filter((address) => address.startsWith("user-11")).sort(),
  );
  const two = await own.getUsers({
    emails: ["user-3@example.com", "user-7@example.com", "no@x.io"],
  });
  expect(two.map(({ email }) => email?.address).sort()).toEqual([
    "user-3@example.com",
    "user-7@example.com",
  ]);
});

describe("the allowlist", () => {
  test("lets in who is invited, and nobody else", async () => {
    const invited = newAddress();
    const client = newClient({ baseUrl: server.url, appId: other.id });
    await expect(signIn(client, server, invited)).rejects.toMatchObject(
      apiError("allowlist_rejected"),
    );
    const entry = await otherBackend.inviteToAllowlist({ type: "email", value: invited });
    expect(entry).toMatchObject({ type: "email", value: invited, appId: other.id });
    await expect(signIn(client, server, invited)).resolves.toMatchObject({ is_new_user: true });
  });

  test("is listed, and shrinks again", async () => {
    const value = newAddress();
    const entry = await otherBackend.inviteToAllowlist({ type: "email", value });
    await expect(otherBackend.getAllowlist()).resolves.toContainEqual(entry);
    await otherBackend.removeFromAllowlist({ type: "email", value });
    const left = await otherBackend.getAllowlist();
    expect(left.map((each) => each.value)).not.toContain(value);
    const client = newClient({ baseUrl: server.url, appId: other.id });
    await expect(signIn(client, server, value)).rejects.toMatchObject(
      apiError("allowlist_rejected"),
    );
  });
});

test("a test account signs in without mail", async () => {
  const { accessToken } = await backend.getTestAccessToken();
  const { userId } = await backend.verifyAuthToken(accessToken);
  const user = await backend.getUserById(userId);
  expect(user.email?.address).toMatch(/^test-[0-9]{4}@example\.com$/);
  const { accessToken: again } = await backend.getTestAccessToken({
    email: user.email?.address ?? "",
  });
  await expect(backend.verifyAuthToken(again)).resolves.toMatchObject({ userId });
  await expect(backend.getTestAccessToken({ email: "test-x@privy.io" })).rejects.toThrow(
    "Test account not found",
  );
});

test("the app's settings are told", async () => {
  const settings = await otherBackend.getAppSettings();
  expect(settings).toMatchObject({
    id: other.id,
    name: "Test app",
    emailAuth: true,
    smsAuth: false,
    allowlistEnabled: true,
    verificationKey: expect.stringContaining("BEGIN PUBLIC KEY"),
  });
  expect(Date.now() - Number(settings.createdAt)).toBeLessThan(600_000);
});

test("a wrong secret gets nothing", async () => {
  const { user } = await signedIn();
  for (const secret of ["", "wrong", other.secret]) {
    const wrong = new PrivyClient(seeded.id, secret, { apiURL: server.url });
    await expect(wrong.getUserById(user.id)).rejects.toMatchObject({ status: 401 });
    await expect(wrong.deleteUser(user.id)).rejects.toMatchObject({ status: 401 });
    await expect(wrong.getAllowlist()).rejects.toMatchObject({ status: 401 });
    await expect(wrong.getTestAccessToken()).rejects.toMatchObject({ status: 401 });
  }
});
