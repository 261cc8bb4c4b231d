/** Keys change while users are signed in; verified by the vendor's SDK (session rules R1, R7). */
import { PrivyClient } from "@privy-io/node";
import { decodeProtectedHeader } from "jose";
import { afterEach, beforeEach, expect, test } from "vitest";
import { apiError, newClient, newStorage, signIn, tokens } from "../js-sdk-core/client.ts";
import { type DevServer, startDevServer } from "../support/dev-server.ts";

let server: DevServer;
const storage = newStorage();
let client: ReturnType<typeof newClient>;

beforeEach(async () => {
  // Each refresh moves, so that it also changes the key behind the refresh token.
  server = await startDevServer({ refreshGrace: 0 });
  storage.items.clear();
  client = newClient({ baseUrl: server.url, appId: server.credentials.app_id, storage });
  await signIn(client, server);
});
afterEach(() => server.stop());

/** A server that starts reads the keys anew; a running one does so within a minute. */
async function restart() {
  await server.kill("SIGTERM");
  await server.start();
}

/** With nothing cached yet. */
function verify(token: string) {
  const { app_id: appId, app_secret: appSecret } = server.credentials;
  const backend = new PrivyClient({ appId, appSecret, apiUrl: server.url });
  return backend.utils().auth().verifyAccessToken(token);
}

async function refreshedToken(): Promise<string> {
  await client.user.get();
  return tokens(storage).access ?? "";
}

const kidOf = (token: string) => decodeProtectedHeader(token).kid;

test("a rotation publishes the next key before it signs", async () => {
  const before = await refreshedToken();
  await server.latchkey("keys", "rotate");
  await restart();
  const jwks = await fetch(`${server.url}/v1/apps/${server.credentials.app_id}/jwks.json`);
  const { keys } = (await jwks.json()) as { keys: { kid: string }[] };
  expect(keys).toHaveLength(2);
  expect(keys.map(({ kid }) => kid)).toContain(kidOf(before));
  expect(kidOf(await refreshedToken())).toBe(kidOf(before));
});

test("a rotation at once signs nobody out, and what the old key signed stays good", async () => {
  const before = await refreshedToken();
  await server.latchkey("keys", "rotate", "--now");
  await restart();
  const after = await refreshedToken();
  expect(kidOf(after)).not.toBe(kidOf(before));
  await expect(verify(before)).resolves.toBeTruthy();
  await expect(verify(after)).resolves.toBeTruthy();
  await expect(client.user.get()).resolves.toBeTruthy();
});

test("after a leak the old key is withdrawn, and users refresh and go on", async () => {
  const before = await refreshedToken();
  await server.latchkey("keys", "rotate", "--drop-old");
  await restart();
  await expect(verify(before)).rejects.toThrow();
  await expect(verify(await refreshedToken())).resolves.toBeTruthy();
});

test("a refresh-token key that is retired ends its sessions, with the reason typed", async () => {
  const list = await server.latchkey("keys", "list");
  const [, kid = ""] = /refresh token +(\S+)/.exec(list) ?? [];
  await server.latchkey("keys", "rotate", "--now");
  await server.latchkey("keys", "retire", kid);
  await restart();
  await expect(client.user.get()).rejects.toMatchObject(apiError("missing_or_invalid_token"));
  expect(tokens(storage)).toEqual({});
  await expect(signIn(client, server)).resolves.toBeTruthy();
});
