import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { newAddress } from "../support/addresses.ts";
import { type DevServer, startDevServer } from "../support/dev-server.ts";
import { apiError, newClient, newStorage, signIn, tokens } from "./client.ts";

let server: DevServer;
let appId: string;

beforeAll(async () => {
  server = await startDevServer();
  appId = server.credentials.app_id;
});
afterAll(() => server.stop());

const open = (storage = newStorage()) => newClient({ baseUrl: server.url, appId, storage });

describe("an e-mailed code", () => {
  test("signs a new user up, and the same user in again", async () => {
    const first = await signIn(open(), server);
    expect(first.is_new_user).toBe(true);
    expect(first.user.id).toMatch(/^did:privy:c[a-z0-9]{24}$/);
    expect(first.user.linked_accounts).toMatchObject([{ type: "email", address: first.address }]);

    const again = await signIn(open(), server, first.address);
    expect(again.is_new_user).toBe(false);
    expect(again.user).toMatchObject({ id: first.user.id, created_at: first.user.created_at });
  });

  test("signs a known address in whatever its case", async () => {
    const { address, user } = await signIn(open(), server);
    const client = open();
    await client.auth.email.sendCode(address.toUpperCase());
    const code = await server.mailedCode(address, 2);
    const again = await client.auth.email.loginWithCode(` ${address.toUpperCase()}`, code);
    expect(again.user.id).toBe(user.id);
  });

  test("with mode no-signup signs known users in and refuses others without a trace", async () => {
    const { address, user } = await signIn(open(), server);
    const client = open();
    await client.auth.email.sendCode(address);
    const code = await server.mailedCode(address, 2);
    const known = await client.auth.email.loginWithCode(address, code, "no-signup");
    expect(known.user.id).toBe(user.id);

    const storage = newStorage();
    const stranger = open(storage);
    const unknown = newAddress();
    await stranger.auth.email.sendCode(unknown);
    const login = stranger.auth.email.loginWithCode(
      unknown,
      await server.mailedCode(unknown),
      "no-signup",
    );
    await expect(login).rejects.toMatchObject(apiError("user_does_not_exist"));
    expect(tokens(storage)).toEqual({});
    const { is_new_user } = await signIn(open(), server, unknown);
    expect(is_new_user).toBe(true);
  });

  test("that is wrong gives no session, and the right one still works", async () => {
    const storage = newStorage();
    const client = open(storage);
    const address = newAddress();
    await client.auth.email.sendCode(address);
    const code = await server.mailedCode(address);
    const wrong = code === "000000" ? "000001" : "000000";
    await expect(client.auth.email.loginWithCode(address, wrong)).rejects.toMatchObject(
      apiError("invalid_credentials"),
    );
    expect(tokens(storage)).toEqual({});
    await expect(client.getAccessToken()).resolves.toBeNull();
    await expect(client.auth.email.loginWithCode(address, code)).resolves.toMatchObject({
      is_new_user: true,
    });
  });

  test("that is wrong leaves the session of a signed-in user as it was", async () => {
    const storage = newStorage();
    const client = open(storage);
    const { address } = await signIn(client, server);
    const before = tokens(storage);
    await expect(client.auth.email.loginWithCode(address, "000000")).rejects.toMatchObject(
      apiError("invalid_credentials"),
    );
    expect(tokens(storage)).toEqual(before);
    await expect(client.user.get()).resolves.toBeTruthy();
  });

  test("works once, and only where it was asked for (ASVS 6.5.1, 6.6.2)", async () => {
    const client = open();
    const address = newAddress();
    await client.auth.email.sendCode(address);
    const code = await server.mailedCode(address);
    await expect(open().auth.email.loginWithCode(address, code)).rejects.toMatchObject(
      apiError("invalid_credentials"),
    );
    await client.auth.email.loginWithCode(address, code);
    await expect(client.auth.email.loginWithCode(address, code)).rejects.toMatchObject(
      apiError("invalid_credentials"),
    );
  });
});

test("a signed-in client has all four tokens, and the session outlives the client", async () => {
  const storage = newStorage();
  const { user } = await signIn(open(storage), server);
  expect(tokens(storage)).toEqual({
    access: expect.stringMatching(/^ey/),
    sessionServer: expect.stringMatching(/^ey/),
    refresh: expect.any(String),
    identity: expect.stringMatching(/^ey/),
  });
  const reloaded = open(storage);
  await expect(reloaded.getAccessToken()).resolves.toBe(tokens(storage).access);
  await expect(reloaded.getIdentityToken()).resolves.toBe(tokens(storage).identity);
  const { user: same } = await reloaded.user.get();
  expect(same).toEqual(user);
});

test("accepting the terms is remembered", async () => {
  const client = open();
  const { user } = await signIn(client, server);
  expect(user.has_accepted_terms).toBe(false);
  const accepted = await client.user.acceptTerms();
  expect(accepted.user.has_accepted_terms).toBe(true);
  const { user: later } = await client.user.get();
  expect(later.has_accepted_terms).toBe(true);
});

describe("a guest", () => {
  test("is a user without accounts, and the same one while the browser keeps its credential", async () => {
    const storage = newStorage();
    const client = open(storage);
    const first = await client.auth.guest.create();
    expect(first.user).toMatchObject({ is_guest: true, linked_accounts: [] });
    const again = await open(storage).auth.guest.create();
    expect(again.user.id).toBe(first.user.id);

    await client.auth.logout();
    const other = await client.auth.guest.create();
    expect(other.user.id).not.toBe(first.user.id);
  });

  test("becomes a user of its own right by linking an address", async () => {
    const client = open();
    const { user: guest } = await client.auth.guest.create();
    const address = newAddress();
    await client.auth.email.sendCode(address);
    const { user } = await client.auth.email.linkWithCode(
      address,
      await server.mailedCode(address),
    );
    expect(user).toMatchObject({ id: guest.id, is_guest: false });
    const again = await signIn(open(), server, address);
    expect(again.user.id).toBe(guest.id);
  });

  test("is refused where the app has none", async () => {
    const { id } = await server.createApp({ guestAuth: false });
    const client = newClient({ baseUrl: server.url, appId: id });
    await expect(client.auth.guest.create()).rejects.toMatchObject(
      apiError("disallowed_login_method"),
    );
  });
});

test("an app id that does not exist is told as such", async () => {
  const client = newClient({ baseUrl: server.url, appId: "c000000000000000000000000" });
  await expect(client.initialize()).rejects.toMatchObject(
    apiError("missing_or_invalid_privy_app_id"),
  );
});
