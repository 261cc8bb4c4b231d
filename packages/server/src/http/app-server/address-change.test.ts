import type { AppServerUser, AuthenticationAnswer } from "@latchkey/core/protocol/app-server";
import { afterEach, beforeEach, expect, test } from "vitest";
import { openAppServer, type TestAppServer } from "../testing/app-server.ts";
import { openTestServer, type TestServer } from "../testing/test-server.ts";

const OLD = "ada@example.com";
const NEW = "ada@example.org";

let server: TestServer;
let backend: TestAppServer;
beforeEach(async () => {
  server = await openTestServer();
  backend = openAppServer(server);
});
afterEach(() => server.close());

const put = (id: string, body: object) =>
  backend.call(`/user_management/users/${id}`, { method: "PUT", body });
async function mailsTo(address: string): Promise<string[]> {
  await server.services.outbox.drain();
  return server.mails.filter(({ to }) => to === address).map(({ subject }) => subject);
}

test("a new address tells the old one and signs everybody out who came in by it (ASVS 6.3.7, 7.4.3)", async () => {
  const { user, refresh_token } = await backend.signIn({ email: OLD });
  const changed = await put(user.id, { email: NEW });
  expect(changed.as<AppServerUser>()).toMatchObject({ email: NEW, email_verified: false });
  expect(await mailsTo(OLD)).toEqual(["Your Test app account no longer has this address"]);
  const refused = await backend.refresh(refresh_token);
  expect([refused.status, refused.as<{ error: string }>().error]).toEqual([400, "invalid_grant"]);
});

test("the same address, in whatever spelling, and other fields end nothing and tell nobody", async () => {
  const { user, refresh_token } = await backend.signIn({ email: OLD });
  await put(user.id, { email: OLD.toUpperCase(), first_name: "Ada" });
  expect(await mailsTo(OLD)).toEqual([]);
  const refreshed = await backend.refresh(refresh_token);
  expect(refreshed.as<AuthenticationAnswer>().user.first_name).toBe("Ada");
});

test("an address that nobody proved is told nothing, nor one when the change is refused", async () => {
  const made = await backend.post("/user_management/users", { email: "unproven@example.com" });
  await put(made.as<AppServerUser>().id, { email: NEW });
  expect(await mailsTo("unproven@example.com")).toEqual([]);
  const { user, refresh_token } = await backend.signIn({ email: OLD });
  expect((await put(user.id, { email: NEW })).status).toBe(422);
  expect(await mailsTo(OLD)).toEqual([]);
  expect((await backend.refresh(refresh_token)).status).toBe(200);
});
