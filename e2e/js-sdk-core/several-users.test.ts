import { afterAll, beforeAll, expect, test } from "vitest";
import { type DevServer, startDevServer } from "../support/dev-server.ts";
import { apiError, newClient, newStorage, signIn } from "./client.ts";

let server: DevServer;
beforeAll(async () => {
  server = await startDevServer();
});
afterAll(() => server.stop());

test("two users of one device switch without signing in again, each in a session of their own", async () => {
  const client = newClient({
    baseUrl: server.url,
    appId: server.credentials.app_id,
    storage: newStorage(),
    sessions: { mode: "multi-user" },
  });
  const ada = await signIn(client, server);
  const bob = await signIn(client, server);
  expect(bob.user.id).not.toBe(ada.user.id);
  for (const { user } of [ada, bob, ada]) {
    await expect(client.user.switchActiveUser({ userId: user.id })).resolves.toMatchObject({
      user: { id: user.id },
    });
    await expect(client.user.get()).resolves.toMatchObject({ user: { id: user.id } });
  }
  await client.auth.logout();
  await expect(client.user.get()).rejects.toMatchObject(apiError("missing_or_invalid_token"));
  await expect(client.user.switchActiveUser({ userId: bob.user.id })).resolves.toMatchObject({
    user: { id: bob.user.id },
  });
});
