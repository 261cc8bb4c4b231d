/** An app's server that runs the vendor's newest SDK. */
import { setTimeout as wait } from "node:timers/promises";
import {
  InvalidAuthTokenError,
  NotFoundError,
  PrivyClient,
  verifyAccessToken,
  verifyIdentityToken,
} from "@privy-io/node";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { apiError, newClient, newStorage, signIn, tokens } from "../js-sdk-core/client.ts";
import { newAddress } from "../support/addresses.ts";
import type { CreatedApp } from "../support/created-app.ts";
import { type DevServer, startDevServer } from "../support/dev-server.ts";
import { forgedTokens } from "../support/forged-tokens.ts";

let server: DevServer;
let seeded: CreatedApp;
let other: CreatedApp;
/** Fetches the app's keys from the server. */
let backend: PrivyClient;
let otherBackend: PrivyClient;
/** The key that an operator copies into an app's configuration. */
let jwtVerificationKey: string;

beforeAll(async () => {
  server = await startDevServer();
  seeded = { id: server.credentials.app_id, secret: server.credentials.app_secret };
  other = await server.createApp({ accessTokenTtl: 5 });
  backend = connect(seeded);
  otherBackend = connect(other);
  ({ verification_key: jwtVerificationKey } = await backend.apps().getSettings());
});
afterAll(() => server.stop());

function connect({ id, secret }: CreatedApp, options: { jwtVerificationKey?: string } = {}) {
  return new PrivyClient({ appId: id, appSecret: secret, apiUrl: server.url, ...options });
}

async function signedIn(app = seeded) {
  const storage = newStorage();
  const client = newClient({ baseUrl: server.url, appId: app.id, storage });
  const { user, address } = await signIn(client, server);
  const { access = "", sessionServer = "", identity = "" } = tokens(storage);
  return { client, user, address, access, sessionServer, identity };
}

describe("an access token", () => {
  test("is verified by the published keys, and by a key that the app was given", async () => {
    const { access, user } = await signedIn();
    const claims = await backend.utils().auth().verifyAccessToken(access);
    expect(claims).toMatchObject({ app_id: seeded.id, issuer: "privy.io", user_id: user.id });
    expect(claims.expiration - claims.issued_at).toBe(3600);

    const keyed = connect(seeded, { jwtVerificationKey });
    await expect(keyed.utils().auth().verifyAccessToken(access)).resolves.toEqual(claims);
    await expect(
      verifyAccessToken({
        access_token: access,
        app_id: seeded.id,
        verification_key: jwtVerificationKey,
      }),
    ).resolves.toEqual(claims);
  });

  test("names the session: the same through refreshes, another after a new sign-in", async () => {
    const { client, access, address } = await signedIn();
    const auth = backend.utils().auth();
    const { session_id } = await auth.verifyAccessToken(access);
    await client.user.get();
    const refreshed = (await client.getAccessToken()) ?? "";
    await expect(auth.verifyAccessToken(refreshed)).resolves.toMatchObject({ session_id });
    await signIn(client, server, address);
    const second = (await client.getAccessToken()) ?? "";
    expect((await auth.verifyAccessToken(second)).session_id).not.toBe(session_id);
  });

  test("that is forged is refused", async () => {
    const { access } = await signedIn();
    for (const [name, forged] of await forgedTokens(access, jwtVerificationKey)) {
      for (const verifier of [backend, connect(seeded, { jwtVerificationKey })]) {
        await expect(
          verifier.utils().auth().verifyAccessToken(forged),
          name,
        ).rejects.toBeInstanceOf(InvalidAuthTokenError);
      }
    }
  });

  test("that expired is refused", async () => {
    const { access } = await signedIn(other);
    const auth = otherBackend.utils().auth();
    await expect(auth.verifyAccessToken(access)).resolves.toBeTruthy();
    await wait(5500);
    await expect(auth.verifyAccessToken(access)).rejects.toThrow("expired");
  });

  test("of another app is refused, by its audience and by its key", async () => {
    const { access } = await signedIn();
    await expect(otherBackend.utils().auth().verifyAccessToken(access)).rejects.toThrow();
    const keyed = connect(other, { jwtVerificationKey });
    await expect(keyed.utils().auth().verifyAccessToken(access)).rejects.toThrow("invalid");
  });

  test("is neither the session server's own token nor an identity token (R7)", async () => {
    const { sessionServer, identity } = await signedIn();
    for (const token of [sessionServer, identity]) {
      await expect(backend.utils().auth().verifyAccessToken(token)).rejects.toBeInstanceOf(
        InvalidAuthTokenError,
      );
    }
  });
});

describe("an identity token", () => {
  test("becomes a user", async () => {
    const { identity, user, address } = await signedIn();
    const expected = {
      id: user.id,
      created_at: user.created_at,
      is_guest: false,
      linked_accounts: [{ type: "email", address }],
    };
    await expect(backend.users().get({ id_token: identity })).resolves.toMatchObject(expected);
    await expect(
      verifyIdentityToken({
        identity_token: identity,
        app_id: seeded.id,
        verification_key: jwtVerificationKey,
      }),
    ).resolves.toMatchObject(expected);
  });

  test("of a guest says so", async () => {
    const client = newClient({ baseUrl: server.url, appId: seeded.id });
    const { user } = await client.auth.guest.create();
    const id_token = (await client.getIdentityToken()) ?? "";
    await expect(backend.users().get({ id_token })).resolves.toMatchObject({
      id: user.id,
      is_guest: true,
      linked_accounts: [],
    });
  });

  test("that is forged, of another app or an access token is refused", async () => {
    const { identity, access, sessionServer } = await signedIn();
    const forged = await forgedTokens(identity, jwtVerificationKey);
    for (const id_token of [...forged.map(([, token]) => token), access, sessionServer]) {
      await expect(backend.users().get({ id_token })).rejects.toThrow();
    }
    await expect(otherBackend.users().get({ id_token: identity })).rejects.toThrow();
  });
});

describe("users", () => {
  test("are created, found by address and by id of the app's own login, and deleted", async () => {
    const address = newAddress();
    const created = await backend.users().create({
      linked_accounts: [
        { type: "email", address },
        { type: "custom_auth", custom_user_id: address },
      ],
      custom_metadata: { plan: "pro" },
    });
    expect(created).toMatchObject({
      id: expect.stringMatching(/^did:privy:/),
      linked_accounts: expect.arrayContaining([
        expect.objectContaining({ type: "email", address }),
        expect.objectContaining({ type: "custom_auth", custom_user_id: address }),
      ]),
      custom_metadata: { plan: "pro" },
    });
    const users = backend.users();
    await expect(users.getByEmailAddress({ address })).resolves.toEqual(created);
    await expect(users.getByCustomAuthID({ custom_user_id: address })).resolves.toEqual(created);
    await expect(users._get(created.id)).resolves.toEqual(created);
    await users.delete(created.id);
    await expect(users._get(created.id)).rejects.toBeInstanceOf(NotFoundError);
    await expect(users.getByEmailAddress({ address })).rejects.toBeInstanceOf(NotFoundError);
  });

  test("are listed page by page", async () => {
    const app = await server.createApp({});
    const users = connect(app).users();
    const ids = new Set<string>();
    for (let at = 0; at < 7; at += 1) {
      const { id } = await users.create({
        linked_accounts: [{ type: "email", address: `user-${at}@example.com` }],
      });
      ids.add(id);
    }
    const listed: string[] = [];
    for await (const user of users.list({ limit: 3 })) listed.push(user.id);
    expect(new Set(listed)).toEqual(ids);
    expect(listed).toHaveLength(7);
  });

  test("are searched", async () => {
    const address = newAddress();
    const { id } = await backend.users().create({ linked_accounts: [{ type: "email", address }] });
    // The vendor's types call the page of users that comes back a user.
    const byTerm: unknown = await backend.users().search({ searchTerm: address });
    expect(byTerm).toMatchObject({ data: [{ id }], next_cursor: null });
    const byEmails: unknown = await backend
      .users()
      .search({ emails: [address], phoneNumbers: [], walletAddresses: [] });
    expect(byEmails).toMatchObject({ data: [{ id }], next_cursor: null });
  });

  test("get metadata, replaced as a whole", async () => {
    const { user } = await signedIn();
    const users = backend.users();
    await users.setCustomMetadata(user.id, { custom_metadata: { plan: "pro", seats: 2 } });
    const changed = await users.setCustomMetadata(user.id, { custom_metadata: { plan: "free" } });
    expect(changed.custom_metadata).toEqual({ plan: "free" });
  });

  test("lose an account, but not their only one", async () => {
    const address = newAddress();
    const users = backend.users();
    const { id } = await users.create({
      linked_accounts: [
        { type: "email", address },
        { type: "custom_auth", custom_user_id: address },
      ],
    });
    const left = await users.unlinkLinkedAccount(id, { type: "email", handle: address });
    expect(left.linked_accounts).toMatchObject([{ type: "custom_auth" }]);
    await expect(
      users.unlinkLinkedAccount(id, { type: "custom_auth", handle: address }),
    ).rejects.toMatchObject({ status: 422 });
  });

  test("who are deleted lose their sessions", async () => {
    const { client, user } = await signedIn();
    await backend.users().delete(user.id);
    await expect(client.user.get()).rejects.toMatchObject(apiError("missing_or_invalid_token"));
  });
});

test("the allowlist is kept through it too", async () => {
  const value = newAddress();
  const apps = otherBackend.apps();
  const entry = await apps.inviteToAllowlist({ type: "email", value });
  await expect(apps.getAllowlist()).resolves.toContainEqual(entry);
  await expect(apps.removeFromAllowlist({ type: "email", value })).resolves.toMatchObject({
    message: expect.any(String),
  });
  await expect(apps.getAllowlist()).resolves.toEqual([]);
});

test("a test account signs in without mail", async () => {
  const { access_token } = await backend.apps().getTestAccessToken();
  const { user_id } = await backend.utils().auth().verifyAccessToken(access_token);
  const user = await backend.users()._get(user_id);
  expect(user.linked_accounts).toMatchObject([{ type: "email" }]);
});
