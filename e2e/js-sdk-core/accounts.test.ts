import { afterAll, beforeAll, expect, test } from "vitest";
import { newAddress } from "../support/addresses.ts";
import { type DevServer, startDevServer } from "../support/dev-server.ts";
import { apiError, newClient, newStorage, signIn, tokens } from "./client.ts";
import { identityClaims } from "./identity-claims.ts";

let server: DevServer;
beforeAll(async () => {
  server = await startDevServer();
});
afterAll(() => server.stop());

const open = (storage = newStorage()) =>
  newClient({ baseUrl: server.url, appId: server.credentials.app_id, storage });

/** A code for an address of the user who is signed in. */
async function codeFor(client: ReturnType<typeof open>, address: string): Promise<string> {
  const { length } = await server.mails(address);
  await client.auth.email.sendCode(address);
  return server.mailedCode(address, length + 1);
}

test("an address is updated: the new one signs in, the old one is free again", async () => {
  const client = open();
  const { address: oldEmailAddress, user } = await signIn(client, server);
  const newEmailAddress = newAddress();
  const code = await codeFor(client, newEmailAddress);
  const updated = await client.auth.email.updateEmail({ oldEmailAddress, newEmailAddress, code });
  expect(updated.user.linked_accounts).toMatchObject([{ type: "email", address: newEmailAddress }]);

  const again = await signIn(open(), server, newEmailAddress);
  expect(again.user.id).toBe(user.id);
  const stranger = await signIn(open(), server, oldEmailAddress);
  expect(stranger.user.id).not.toBe(user.id);
});

test("an address of another user is not linked, and both keep theirs", async () => {
  const { address: taken } = await signIn(open(), server);
  const client = open();
  await client.auth.guest.create();
  const code = await codeFor(client, taken);
  await expect(client.auth.email.linkWithCode(taken, code)).rejects.toMatchObject(
    apiError("linked_to_another_user"),
  );
  const { user } = await client.user.get();
  expect(user.linked_accounts).toEqual([]);
});

test("a second address is refused, and the first is kept", async () => {
  const client = open();
  const { address } = await signIn(client, server);
  const second = newAddress();
  const code = await codeFor(client, second);
  await expect(client.auth.email.linkWithCode(second, code)).rejects.toMatchObject(
    apiError("cannot_link_more_of_type"),
  );
  const { user } = await client.user.get();
  expect(user.linked_accounts).toMatchObject([{ address }]);
});

test("the only way in is not unlinked", async () => {
  const client = open();
  const { address } = await signIn(client, server);
  await expect(client.auth.email.unlink(address)).rejects.toMatchObject(
    apiError("cannot_unlink_sole_account"),
  );
});

test("a code links only in the browser that asked for it, and once", async () => {
  const address = newAddress();
  const client = open();
  const code = await codeFor(client, address);
  const other = open();
  await other.auth.guest.create();
  await expect(other.auth.email.linkWithCode(address, code)).rejects.toMatchObject(
    apiError("invalid_credentials"),
  );
  await client.auth.guest.create();
  const { user } = await client.auth.email.linkWithCode(address, code);
  expect(user.linked_accounts).toMatchObject([{ address }]);
  await expect(client.auth.email.linkWithCode(address, code)).rejects.toMatchObject(
    apiError("invalid_credentials"),
  );
});

test("the identity token tells the user's accounts, and follows when they change", async () => {
  const storage = newStorage();
  const client = open(storage);
  const guest = await client.auth.guest.create();
  expect(identityClaims(await client.getIdentityToken())).toMatchObject({
    sub: guest.user.id,
    aud: server.credentials.app_id,
    guest: "t",
    accounts: [],
  });
  const address = newAddress();
  const linked = await client.auth.email.linkWithCode(address, await codeFor(client, address));
  const claims = identityClaims(await client.getIdentityToken());
  expect(claims).toMatchObject({ sub: guest.user.id, accounts: [{ type: "email", address }] });
  expect(claims).not.toHaveProperty("guest");
  expect(claims).not.toHaveProperty("sid");
  expect(linked.identity_token).toBe(tokens(storage).identity);
});

test("refreshUser brings a new identity token and leaves the session's tokens alone", async () => {
  const storage = newStorage();
  const client = open(storage);
  await signIn(client, server);
  const before = tokens(storage);
  const { user } = await client.user.refreshUser();
  const after = tokens(storage);
  expect(identityClaims(after.identity)).toMatchObject({ sub: user.id });
  expect(after).toEqual({ ...before, identity: after.identity });
});

test("an app without identity tokens gives none", async () => {
  const { id } = await server.createApp({ identityToken: false });
  const storage = newStorage();
  const client = newClient({ baseUrl: server.url, appId: id, storage });
  await signIn(client, server);
  expect(tokens(storage)).toMatchObject({ access: expect.any(String) });
  expect(tokens(storage).identity).toBeUndefined();
  await expect(client.user.refreshUser()).resolves.toBeTruthy();
});
