import type { AuthenticationAnswer } from "@latchkey/core/protocol/app-server";
import { afterEach, beforeEach, expect, test } from "vitest";
import { newCuid, newServerUserId } from "../apps/ids.ts";
import { openAppServer, type TestAppServer } from "../http/testing/app-server.ts";
import { openPage } from "../http/testing/test-page.ts";
import { openTestServer, type TestServer } from "../http/testing/test-server.ts";
import { issueAuthorizationCode } from "../sessions/authorization-codes.ts";

const VICTIM = "ada@example.com";
let server: TestServer;
let backend: TestAppServer;

beforeEach(async () => {
  server = await openTestServer();
  backend = openAppServer(server);
});
afterEach(() => server.close());

/** A session of a user whose address nobody has proven; with a password, or by another way in. */
async function before(passwordHash: string | null): Promise<AuthenticationAnswer> {
  const { store, directory } = server.services;
  const app = await directory.find(server.app.id);
  const made = await store.profiles.create(server.app.id, {
    ids: { id: newCuid(), serverId: newServerUserId() },
    email: VICTIM,
    verified: false,
    profile: {},
    passwordHash,
  });
  if (!app || made.kind !== "created") throw new TypeError(made.kind);
  const code = await issueAuthorizationCode(server.services, {
    app,
    userId: made.user.id,
    redirectUri: "https://app.example.com/callback",
    codeChallenge: null,
    method: passwordHash === null ? "external" : "password",
    authenticatedAt: await store.now(),
  });
  const answer = await backend.authenticate({ grant_type: "authorization_code", code });
  return answer.as<AuthenticationAnswer>();
}

test("who set a password for an address before its owner proved it is signed out with the password (ASVS 7.4.3)", async () => {
  const { refresh_token } = await before("$argon2id$of-somebody-else");
  expect((await backend.refresh(refresh_token)).status).toBe(200);
  const owner = openPage(server);
  const session = await owner.signIn(VICTIM);
  const refused = await backend.refresh(refresh_token);
  expect([refused.status, refused.as<{ error: string }>().error]).toEqual([400, "invalid_grant"]);
  const refreshed = await owner.post("/sessions", { refresh_token: session.refresh_token });
  expect(refreshed.status).toBe(200);
});

test("without a password there is nothing to suspect, and nobody is signed out", async () => {
  const { refresh_token } = await before(null);
  await openPage(server).signIn(VICTIM);
  expect((await backend.refresh(refresh_token)).status).toBe(200);
});
