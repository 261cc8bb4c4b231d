import { afterEach, beforeEach, expect, test } from "vitest";
import { newCuid } from "../../apps/ids.ts";
import type { NewAccount } from "../../storage/store.ts";
import { wireUserId } from "../../users/wire-user.ts";
import { type AdminClient, openAdminClient } from "./testing/admin-client.ts";

const EMAIL = "ada@example.com";
const PASSKEY: NewAccount = {
  type: "passkey",
  subject: "Y3JlZGVudGlhbA",
  data: { authenticator_name: "Kitchen key" },
  passkey: {
    rpId: "example.com",
    publicKey: "pQ",
    counter: 7,
    backupEligible: false,
    backedUp: false,
    transports: ["usb"],
    aaguid: "00000000-0000-0000-0000-000000000000",
  },
};
const GOOGLE: NewAccount = {
  type: "google_oauth",
  subject: "https://accounts.google.com 1815",
  data: { issuer: "https://accounts.google.com", subject: "1815", name: "Ada" },
};

let client: AdminClient;
let path: string;
beforeEach(async () => {
  client = await openAdminClient({ app: { passkeyAuth: true } });
  const { app, services } = client.server;
  const proven = await services.store.users.proveAccount({
    appId: app.id,
    account: { type: "email", subject: EMAIL },
    allowSignUp: true,
    newUser: { id: newCuid(), serverId: "user_ada" },
    maxUsers: null,
    codeId: null,
  });
  if (proven.kind !== "proven") throw new TypeError(`The user was not made: ${proven.kind}.`);
  const { id } = proven.user;
  for (const account of [PASSKEY, GOOGLE]) {
    const linked = await services.store.users.link(app.id, id, account, null);
    expect(linked.kind).toBe("linked");
  }
  path = `/apps/${app.id}/users/${wireUserId(id)}`;
});
afterEach(() => client.server.close());

const unlink = (type: string, subject: string) =>
  client.call("editor", "POST", `${path}/accounts/unlink`, { type, subject });

async function mailed(): Promise<string[]> {
  await client.server.services.outbox.drain();
  return client.server.mails.map(({ to, subject }) => `${to}: ${subject}`);
}

test("a user's passkeys are listed with their use, and a counter that went back (WebAuthn level 3 section 6.1.1)", async () => {
  const { passkeys } = client.server.services.store;
  const read = async () => (await client.call("viewer", "GET", `${path}/passkeys`)).body.items;
  const fresh = { credentialId: PASSKEY.subject, lastUsedAt: null, regressedAt: null };
  expect(await read()).toEqual([expect.objectContaining(fresh)]);
  const { id: appId } = client.server.app;
  const use = { counter: 3, backedUp: false };
  expect(await passkeys.recordUse(appId, PASSKEY.subject, use)).toBe("regressed");
  const [after] = await read();
  expect(after.regressedAt).toBeGreaterThan(0);
  expect(after).not.toHaveProperty("publicKey");
});

test("an editor takes a passkey and a provider's account away: told by mail, and in the audit log (ASVS 6.3.7)", async () => {
  const first = await unlink("passkey", PASSKEY.subject);
  expect(first.status, JSON.stringify(first.body)).toBe(200);
  const second = await unlink("google_oauth", "1815");
  expect(second.body.accounts.map(({ type }: { type: string }) => type)).toEqual(["email"]);
  expect(await mailed()).toEqual([
    expect.stringMatching(/^ada@example\.com: A passkey was removed/),
    expect.stringMatching(/^ada@example\.com: Google was removed/),
  ]);
  const { body } = await client.call("viewer", "GET", "/audit-log?action=unlinkUserAccount");
  expect(
    body.items.map(({ before, outcome }: Record<string, unknown>) => [outcome, before]),
  ).toEqual([
    ["done", { type: "google_oauth" }],
    ["done", { type: "passkey" }],
  ]);
});

test("the last way in that works stays, and what is no account of the user's is not found", async () => {
  expect((await unlink("google_oauth", "1842")).body.code).toBe("not_found");
  expect((await unlink("passkey", PASSKEY.subject)).status).toBe(200);
  // Google is not set up in this app: its account lets nobody in.
  const refused = await unlink("email", EMAIL);
  expect([refused.status, refused.body.code]).toEqual([422, "cannot_unlink_sole_account"]);
  expect(await mailed()).toHaveLength(1);
});
