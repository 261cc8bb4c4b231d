import type { AccountTransferRequired, User } from "@latchkey/core/protocol/browser";
import { decodeJwt } from "jose";
import { afterEach, describe, expect, test } from "vitest";
import { newCuid, newServerUserId } from "../apps/ids.ts";
import { type Answer, basic, bearer, send, type TestPage } from "../http/testing/test-page.ts";
import {
  offer,
  openProviderWorld,
  type ProviderWorld,
  type WorldOptions,
} from "./testing/provider-world.ts";

const PEOPLE = {
  ada: { email: "ada@example.com", email_verified: true, name: "Ada Lovelace" },
  unproven: { email: "ada@example.com", email_verified: false },
  plus: { email: "ada+tag@example.com", email_verified: true },
};

let world: ProviderWorld;
afterEach(() => world.close());
const open = async (options: WorldOptions = {}) => {
  world = await openProviderWorld({ people: PEOPLE, ...options });
};

const types = (user: User) => user.linked_accounts.map(({ type }) => type).sort();

async function authenticate(page: TestPage, login: string): Promise<Answer> {
  const { code, stateCode, verifier } = await world.signInAt(page, login);
  return page.post("/oauth/authenticate", offer(code, stateCode, verifier));
}

async function link(page: TestPage, token: string | null, login: string): Promise<Answer> {
  const { code, stateCode, verifier } = await world.signInAt(page, login);
  return page.call("/oauth/link", {
    body: offer(code, stateCode, verifier),
    headers: bearer(token),
  });
}

async function lastMailTo(address: string): Promise<string | undefined> {
  await world.server.services.outbox.drain();
  return world.server.mails.findLast(({ to }) => to === address)?.subject;
}

describe("with joining by address switched on", () => {
  test("a vouched address joins who has proven it, who is told by mail (ASVS 6.3.7)", async () => {
    await open({ provider: { mergeByEmail: true } });
    const known = await world.page().signIn("ada@example.com");
    const { user, is_new_user } = await world.signIn(world.page(), "ada");
    expect([user.id, is_new_user, types(user)]).toEqual([
      known.user.id,
      false,
      ["custom:acme", "email"],
    ]);
    expect(await lastMailTo("ada@example.com")).toBe("Acme was added to your Test app account");
  });

  test("an address that the provider only says joins nobody, and is nobody's account", async () => {
    await open({ provider: { mergeByEmail: true } });
    const known = await world.page().signIn("ada@example.com");
    const { user } = await world.signIn(world.page(), "unproven");
    expect(user.id).not.toBe(known.user.id);
    expect(types(user)).toEqual(["custom:acme"]);
  });

  test("a user whose address nobody has proven is not joined: whoever made them may be waiting there (pre-hijacking)", async () => {
    await open({ provider: { mergeByEmail: true } });
    const { store } = world.server.services;
    const made = await store.profiles.create(world.server.app.id, {
      ids: { id: newCuid(), serverId: newServerUserId() },
      email: "ada@example.com",
      verified: false,
      profile: {},
      passwordHash: "$argon2id$of-somebody-else",
    });
    if (made.kind !== "created") throw new TypeError(made.kind);
    const { user } = await world.signIn(world.page(), "ada");
    expect(user.id).not.toContain(made.user.id);
    expect(types(user)).toEqual(["custom:acme"]);
    // The owner of the address takes that user over by proving it, and the password is gone.
    const owner = await world.page().signIn("ada@example.com");
    expect(owner.user.id).toContain(made.user.id);
    expect(await store.passwords.find(made.user.id)).toBeNull();
  });
});

test("who waits at a provider under an address that is not theirs is out once its owner proves it (pre-hijacking)", async () => {
  await open();
  const { store } = world.server.services;
  const { user: made } = await world.signIn(world.page(), "unproven");
  const id = made.id.replace(/^.*:/, "");
  // As the app's server does for whoever asks it for another address.
  await store.profiles.update(world.server.app.id, id, {
    ...{ profile: {}, email: "ada@example.com", verified: null, passwordHash: null },
  });
  const waiting = await world.signIn(world.page(), "unproven");
  expect(waiting.user.id).toBe(made.id);
  const owner = await world.page().signIn("ada@example.com");
  expect([owner.user.id, types(owner.user)]).toEqual([made.id, ["email"]]);
  const page = world.page();
  const refreshed = await page.post("/sessions", { refresh_token: waiting.refresh_token });
  expect(refreshed.status).not.toBe(200);
  expect((await world.signIn(world.page(), "unproven")).user.id).not.toBe(owner.user.id);
});

describe("an address of a new user", () => {
  test("that the provider vouches for is theirs: they can sign in by a mailed code too", async () => {
    await open();
    const first = await world.signIn(world.page(), "ada");
    const again = await world.page().signIn("ada@example.com");
    expect(again.user.id).toBe(first.user.id);
  });

  test("with a plus sign is none of an app that takes no such addresses", async () => {
    await open({ app: { disablePlusEmails: true } });
    const { user } = await world.signIn(world.page(), "plus");
    expect(types(user)).toEqual(["custom:acme"]);
  });
});

test("the identity token carries the account as the protocol writes it there", async () => {
  await open({ app: { identityToken: true } });
  const { identity_token: token } = await world.signIn(world.page(), "ada");
  const { linked_accounts } = decodeJwt<{ linked_accounts: string }>(token ?? "");
  expect(JSON.parse(linked_accounts)).toContainEqual({
    type: "custom:acme",
    subject: "ada",
    email: "ada@example.com",
    name: "Ada Lovelace",
    lv: expect.any(Number),
  });
});

describe("the allowlist", () => {
  test("lets in by an address that the provider vouches for, never by one that it only says", async () => {
    await open({ app: { allowlistEnabled: true } });
    await world.server.services.store.apps.addToAllowlist({
      id: newCuid(),
      appId: world.server.app.id,
      type: "email",
      value: "ada@example.com",
    });
    const [said, nobody] = [
      await authenticate(world.page(), "unproven"),
      await authenticate(world.page(), "nobody"),
    ];
    for (const refused of [said, nobody]) {
      expect([refused.status, refused.code]).toEqual([401, "allowlist_rejected"]);
    }
    expect((await authenticate(world.page(), "ada")).status).toBe(200);
  });
});

describe("who may come in", () => {
  test("is decided by the same rules as with a code: no new user beyond the app's number", async () => {
    await open({ app: { maxUsers: 1 } });
    await world.signIn(world.page(), "ada");
    const refused = await authenticate(world.page(), "somebody-else");
    expect([refused.status, refused.code]).toEqual([403, "max_accounts_reached"]);
    expect((await authenticate(world.page(), "ada")).status).toBe(200);
  });

  test("a disabled user does not", async () => {
    await open();
    const { user } = await world.signIn(world.page(), "ada");
    const id = user.id.replace("did:privy:", "");
    await world.server.services.store.users.setDisabled(world.server.app.id, id, true);
    const refused = await authenticate(world.page(), "ada");
    expect([refused.status, refused.code]).toEqual([403, "user_disabled"]);
  });

  test("a provider that was switched off on the way signs nobody in", async () => {
    await open();
    const page = world.page();
    const { code, stateCode, verifier } = await world.signInAt(page, "ada");
    const { store } = world.server.services;
    const { appId, id, version } = world.provider;
    await store.providers.edit(appId, id, version, { enabled: false });
    const answer = await page.post("/oauth/authenticate", offer(code, stateCode, verifier));
    expect([answer.status, answer.code]).toEqual([403, "disallowed_login_method"]);
  });
});

describe("the last way in", () => {
  test("is one that the app signs in with: an address is none where it mails no codes", async () => {
    await open({ app: { emailAuth: false } });
    const page = world.page();
    const { token, user } = await world.signIn(page, "ada");
    expect(types(user)).toEqual(["custom:acme", "email"]);
    const answer = await page.call("/oauth/unlink", {
      body: { provider: "custom:acme", subject: "ada" },
      headers: bearer(token),
    });
    expect([answer.status, answer.code]).toEqual([422, "cannot_unlink_sole_account"]);
  });

  test("the app's own server may take an account away, by what the provider calls the person", async () => {
    await open();
    const { user } = await world.signIn(world.page(), "ada");
    const answer = await send(world.server.fetch, `/v1/users/${user.id}/accounts/unlink`, {
      body: { type: "custom:acme", handle: "ada" },
      headers: basic(world.server.app.id, world.server.secret),
    });
    expect([answer.status, types(answer.as<User>())]).toEqual([200, ["email"]]);
    expect(await lastMailTo("ada@example.com")).toBe("Acme was removed from your Test app account");
  });

  test("unlinking ends every other session, and keeps the one that asked (ASVS 7.4.3)", async () => {
    await open();
    const [page, other] = [world.page(), world.page()];
    const { token } = await world.signIn(page, "ada");
    const elsewhere = await world.signIn(other, "ada");
    const body = { provider: "custom:acme", subject: "ada" };
    expect((await page.call("/oauth/unlink", { body, headers: bearer(token) })).status).toBe(200);
    const ended = await other.post("/sessions", { refresh_token: elsewhere.refresh_token });
    expect([ended.status, ended.code]).toEqual([401, "missing_or_invalid_token"]);
    expect((await page.call("/users/me", { headers: bearer(token) })).status).toBe(200);
  });
});

describe("an account of another user", () => {
  test("is refused, unless the app lets accounts move", async () => {
    await open();
    await world.signIn(world.page(), "nobody");
    const page = world.page();
    const { token } = await page.signIn("bob@example.com");
    const refused = await link(page, token, "nobody");
    expect([refused.status, refused.code]).toEqual([422, "linked_to_another_user"]);
  });

  test("moves to whoever proves both, once asked again; the user who had nothing else is gone", async () => {
    await open({ app: { accountTransfer: true } });
    const before = await world.signIn(world.page(), "nobody");
    const page = world.page();
    const { token, user } = await page.signIn("bob@example.com");
    const asked = await link(page, token, "nobody");
    expect([asked.status, asked.code]).toEqual([400, "account_transfer_required"]);
    const { data } = asked.as<AccountTransferRequired>();
    expect(data).toMatchObject({ subject: "nobody", account: { type: "custom:acme" } });

    const thief = world.page();
    const { token: theirs } = await thief.signIn("thief@example.com");
    const body = { nonce: data.nonce };
    const stolen = await thief.call("/oauth/transfer", { body, headers: bearer(theirs) });
    expect([stolen.status, stolen.code]).toEqual([422, "invalid_credentials"]);

    const moved = await page.call("/oauth/transfer", { body, headers: bearer(token) });
    expect(moved.status).toBe(200);
    expect(moved.as<User>().id).toBe(user.id);
    expect(types(moved.as<User>())).toEqual(["custom:acme", "email"]);
    const old = await world.page().post("/sessions", { refresh_token: before.refresh_token });
    expect([old.status, old.code]).toEqual([401, "missing_or_invalid_token"]);
    const again = await page.call("/oauth/transfer", { body, headers: bearer(token) });
    expect([again.status, again.code]).toEqual([422, "invalid_credentials"]);
    expect((await world.signIn(world.page(), "nobody")).user.id).toBe(user.id);
  });

  test("does not move from a user who has another way in", async () => {
    await open({ app: { accountTransfer: true } });
    await world.signIn(world.page(), "ada");
    const page = world.page();
    const { token } = await page.signIn("bob@example.com");
    const refused = await link(page, token, "ada");
    expect([refused.status, refused.code]).toEqual([422, "linked_to_another_user"]);
  });
});
