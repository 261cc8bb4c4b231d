import { afterAll, beforeAll, expect, test } from "vitest";
import { type DevServer, startDevServer } from "../support/dev-server.ts";
import { eventually } from "../support/eventually.ts";
import { openUnreliableNetwork, type UnreliableNetwork } from "../support/unreliable-network.ts";
import { copyStorage, newClient, newStorage, refreshBySelf, signIn, tokens } from "./client.ts";

let server: DevServer;
let network: UnreliableNetwork;
beforeAll(async () => {
  server = await startDevServer({ accessTokenTtl: 3 });
  network = await openUnreliableNetwork(server.url);
});
afterAll(async () => {
  await network.close();
  await server.stop();
});

const open = (storage = newStorage()) =>
  newClient({ baseUrl: network.url, appId: server.credentials.app_id, storage });

/** The client does not wait for the server's answer, so this does. */
function expectEnded(refreshToken = "") {
  return eventually(() =>
    expect(refreshBySelf(server, server.credentials.app_id, refreshToken)).resolves.toMatchObject({
      status: 401,
      code: "missing_or_invalid_token",
      cause: "logout",
    }),
  );
}

test("signing out ends the session on the server, for every generation of its token (R6)", async () => {
  const storage = newStorage();
  const client = open(storage);
  await signIn(client, server);
  const first = tokens(storage).refresh;
  await client.user.get();
  const last = tokens(storage).refresh;
  await client.auth.logout();
  expect(tokens(storage)).toEqual({});
  await expect(client.getAccessToken()).resolves.toBeNull();
  await expectEnded(last);
  await expectEnded(first);
});

test("signing out ends this session and no other of the same user", async () => {
  const client = open();
  const { address } = await signIn(client, server);
  const storage = newStorage();
  const other = open(storage);
  await signIn(other, server, address);
  const copy = copyStorage(storage);
  await other.auth.logout();
  await expectEnded(tokens(copy).refresh);
  await expect(client.user.get()).resolves.toBeTruthy();
});

test("signing out still reaches the server when its first answer is lost", async () => {
  const storage = newStorage();
  const client = open(storage);
  await signIn(client, server);
  const { refresh } = tokens(storage);
  network.interfere({ on: "POST /api/v1/sessions/logout", what: "lose_request", times: 1 });
  await client.auth.logout();
  await expectEnded(refresh);
});

test("a tab that was left open learns it at its next refresh and signs out too", async () => {
  const storage = newStorage();
  const client = open(storage);
  await signIn(client, server);
  const left = copyStorage(storage);
  await client.auth.logout();
  await expectEnded(tokens(left).refresh);
  await expect(open(left).getAccessToken()).rejects.toMatchObject({
    code: "missing_or_invalid_token",
  });
  expect(tokens(left)).toEqual({});
});

test("signing out wins against a refresh on its way (R6)", async () => {
  const storage = newStorage();
  const client = open(storage);
  await signIn(client, server);
  const { refresh } = tokens(storage);
  const copy = copyStorage(storage);
  await Promise.allSettled([open(copy).user.get(), client.auth.logout(), open(copy).user.get()]);
  await expectEnded(refresh);
});

test("signing in again after signing out is a new session of the same user", async () => {
  const storage = newStorage();
  const client = open(storage);
  const first = await signIn(client, server);
  const ended = tokens(storage).refresh;
  await client.auth.logout();
  await expectEnded(ended);
  const second = await signIn(client, server, first.address);
  expect(second.user.id).toBe(first.user.id);
  await expect(client.user.get()).resolves.toBeTruthy();
});
