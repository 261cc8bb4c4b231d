import type { AuthenticatedUser, LinkedAccount, User } from "@latchkey/core/protocol/browser";
import { afterEach, expect, test } from "vitest";
import { newUserIds } from "../../storage/testing/samples.ts";
import { type Answer, basic, bearer, openPage, send, type TestPage } from "../testing/test-page.ts";
import { openTestServer, type TestServer, type TestServerOptions } from "../testing/test-server.ts";

const ADA = "ada@example.com";
const NEW = "ada@example.org";
const GUEST = { guest_credential: "g".repeat(43) };

let server: TestServer;
afterEach(() => server.close());

async function open(options: TestServerOptions = {}): Promise<TestPage> {
  server = await openTestServer(options);
  return openPage(server);
}

const told = (answer: Answer) => [answer.status, answer.code];
const shown = (user: User) =>
  user.linked_accounts.map((account: LinkedAccount) =>
    account.type === "email" ? account.address : account.type,
  );

async function codeFor(page: TestPage, email: string): Promise<string> {
  await page.post("/passwordless/init", { email });
  return server.codeFor(email);
}

/** A user with an e-mail address and an account of the app's own login. */
async function withTwoAccounts(page: TestPage): Promise<AuthenticatedUser> {
  const accounts = [
    { type: "email", address: ADA },
    { type: "custom_auth", custom_user_id: "7" },
  ];
  const made = await send(server.fetch, "/v1/users", {
    body: { linked_accounts: accounts },
    headers: basic(server.app.id, server.secret),
  });
  expect(made.status).toBe(200);
  return page.signIn(ADA);
}

test("a second address is not linked but takes the place of the first", async () => {
  const page = await open();
  const { token } = await page.signIn(ADA);
  const link = { email: NEW, code: await codeFor(page, NEW) };
  expect(told(await page.post("/passwordless/link", link, bearer(token)))).toEqual([
    422,
    "cannot_link_more_of_type",
  ]);
  const update = { oldAddress: ADA, newAddress: NEW, code: link.code };
  const updated = await page.post("/passwordless/update", update, bearer(token));
  expect([updated.status, shown(updated.as<User>())]).toEqual([200, [NEW]]);
  expect((await page.signIn(ADA)).is_new_user).toBe(true);
  expect((await page.signIn(NEW)).user.id).toBe(updated.as<User>().id);
});

/** What the trails of these sessions say, in order. */
async function trails(...tokens: (string | null)[]): Promise<string[][]> {
  const sids = tokens.map((token) => JSON.parse(atob((token ?? "").split(".")[1] ?? "")).sid);
  const events = await Promise.all(sids.map((sid) => server.services.store.sessions.events(sid)));
  return events.map((lines) => lines.map(({ type }) => type));
}

/** Whether the session still refreshes; a cause when it is over. */
async function stateOf(page: TestPage, { refresh_token }: AuthenticatedUser): Promise<unknown> {
  const answer = await page.post("/sessions", { refresh_token });
  return answer.status === 200 ? "live" : answer.as<{ cause: string }>().cause;
}

/** Subjects of the mails without a code. */
async function noticesTo(email: string): Promise<string[]> {
  await server.services.outbox.drain();
  const notices = server.mails.filter(({ to, code }) => to === email && code === null);
  return notices.map(({ subject }) => subject);
}

const NOTICE = "Your Test app account no longer has this address";

test("an address that changes tells its owner, and ends the other sessions (ASVS 6.3.7, 7.4.3)", async () => {
  const page = await open();
  const elsewhere = await page.signIn(ADA);
  const here = await page.signIn(ADA);
  const refused = { oldAddress: ADA, newAddress: NEW, code: "000000" };
  await page.post("/passwordless/update", refused, bearer(here.token));
  expect([await noticesTo(ADA), await stateOf(page, elsewhere)]).toEqual([[], "live"]);
  const update = { ...refused, code: await codeFor(page, NEW) };
  const updated = await page.post("/passwordless/update", update, bearer(here.token));
  expect(updated.status).toBe(200);
  expect([await stateOf(page, here), await stateOf(page, elsewhere)]).toEqual(["live", "revoked"]);
  expect(await trails(here.token, elsewhere.token)).toEqual([
    ["signed_in", "account_updated"],
    ["signed_in", "account_updated"],
  ]);
  expect([await noticesTo(ADA), await noticesTo(NEW)]).toEqual([[NOTICE], []]);
  expect(server.mails.at(-1)?.text).not.toContain(NEW);
});

test("an address that is unlinked tells its owner, and ends the other sessions (ASVS 6.3.7, 7.4.3)", async () => {
  const page = await open();
  const elsewhere = await withTwoAccounts(page);
  const here = await page.signIn(ADA);
  await page.post("/passwordless/unlink", { address: ADA }, bearer(here.token));
  expect([await stateOf(page, here), await stateOf(page, elsewhere)]).toEqual(["live", "revoked"]);
  expect(await trails(here.token)).toEqual([["signed_in", "account_unlinked"]]);
  expect(await noticesTo(ADA)).toEqual([NOTICE]);
  const link = { email: NEW, code: await codeFor(page, NEW) };
  await page.post("/passwordless/link", link, bearer(here.token));
  expect(await trails(here.token)).toEqual([["signed_in", "account_unlinked", "account_linked"]]);
});

test("an address that the app's server unlinks ends every session (ASVS 6.3.7, 7.4.3)", async () => {
  const page = await open();
  const signedIn = await withTwoAccounts(page);
  const unlink = (type: string, handle: string) =>
    send(server.fetch, `/v1/users/${signedIn.user.id}/accounts/unlink`, {
      body: { type, handle },
      headers: basic(server.app.id, server.secret),
    });
  expect((await unlink("email", ` ${ADA.toUpperCase()} `)).status).toBe(200);
  expect(await stateOf(page, signedIn)).toBe("revoked");
  expect(await trails(signedIn.token)).toEqual([["signed_in", "account_unlinked"]]);
  expect(await noticesTo(ADA)).toEqual([NOTICE]);
});

test("an address that nobody proved, which may be a stranger's, is told nothing", async () => {
  await open();
  const { users, profiles } = server.services.store;
  const ids = newUserIds();
  const user = { ids, email: ADA, verified: false, profile: {}, passwordHash: null };
  await profiles.create(server.app.id, user);
  await users.link(server.app.id, ids.id, { type: "custom_auth", subject: "7" }, null);
  const answer = await send(server.fetch, `/v1/users/did:privy:${ids.id}/accounts/unlink`, {
    body: { type: "email", handle: ADA },
    headers: basic(server.app.id, server.secret),
  });
  expect([answer.status, await noticesTo(ADA)]).toEqual([200, []]);
});

test("an address changes only by a code that went to the new one", async () => {
  const page = await open();
  const { token, user } = await page.signIn(ADA);
  const atOld = await codeFor(page, ADA);
  const update = { oldAddress: ADA, newAddress: NEW, code: atOld };
  expect(told(await page.post("/passwordless/update", update, bearer(token)))).toEqual([
    422,
    "invalid_credentials",
  ]);
  const wrongOld = { ...update, oldAddress: "eve@example.com", code: await codeFor(page, NEW) };
  const refused = await page.post("/passwordless/update", wrongOld, bearer(token));
  expect(told(refused)).toEqual([400, "invalid_data"]);
  expect(refused.text).toContain("no such account");
  const me = await page.call("/users/me", { headers: bearer(token) });
  expect(me.as<{ user: User }>().user).toEqual(user);
});

test("an account of another user is neither linked nor taken over, and the code stays good", async () => {
  const page = await open({ app: { guestAuth: true } });
  await page.signIn(NEW);
  const { token } = await page.signIn(ADA);
  const code = await codeFor(page, NEW);
  const update = { oldAddress: ADA, newAddress: NEW, code };
  const refused = await page.post("/passwordless/update", update, bearer(token));
  expect(told(refused)).toEqual([422, "linked_to_another_user"]);
  const guest = (await page.post("/guest/authenticate", GUEST)).as<AuthenticatedUser>();
  const link = await page.post("/passwordless/link", { email: NEW, code }, bearer(guest.token));
  expect(told(link)).toEqual([422, "linked_to_another_user"]);
  const signedIn = await page.post("/passwordless/authenticate", { email: NEW, code });
  expect(signedIn.status).toBe(200);
});

test("an account is unlinked unless it is the only way in", async () => {
  const page = await open();
  const { token } = await withTwoAccounts(page);
  const unlink = () => page.post("/passwordless/unlink", { address: ADA }, bearer(token));
  const unlinked = await unlink();
  expect([unlinked.status, shown(unlinked.as<User>())]).toEqual([200, ["custom_auth"]]);
  expect(told(await unlink())).toEqual([400, "invalid_data"]);
  const user = `/v1/users/${unlinked.as<User>().id}/accounts/unlink`;
  const last = await send(server.fetch, user, {
    body: { type: "custom_auth", handle: "7" },
    headers: basic(server.app.id, server.secret),
  });
  expect(told(last)).toEqual([422, "cannot_unlink_sole_account"]);
  expect(last.text).toContain("Link another account first");
});

test("a guest comes back by the credential, and is a full user once an account is linked", async () => {
  const page = await open({ app: { guestAuth: true } });
  const first = (await page.post("/guest/authenticate", GUEST)).as<AuthenticatedUser>();
  expect([first.user.is_guest, first.user.linked_accounts, first.is_new_user]).toEqual([
    true,
    [],
    true,
  ]);
  const again = (await page.post("/guest/authenticate", GUEST)).as<AuthenticatedUser>();
  expect([again.user.id, again.is_new_user]).toEqual([first.user.id, false]);

  const code = await codeFor(page, ADA);
  const linked = await page.post("/passwordless/link", { email: ADA, code }, bearer(again.token));
  expect(linked.as<User>()).toMatchObject({ id: first.user.id, is_guest: false });
  expect(shown(linked.as<User>())).toEqual([ADA]);
  expect((await page.signIn(ADA)).user.id).toBe(first.user.id);

  const after = (await page.post("/guest/authenticate", GUEST)).as<AuthenticatedUser>();
  expect(after.user.id, "the credential is no way into the full user").not.toBe(first.user.id);
});

test("an app with an allowlist has no guests: none of them is on it", async () => {
  const page = await open({ app: { guestAuth: true, allowlistEnabled: true } });
  expect(told(await page.post("/guest/authenticate", GUEST))).toEqual([401, "allowlist_rejected"]);
});

test("an app without guests says which setting has them", async () => {
  const page = await open();
  const refused = await page.post("/guest/authenticate", GUEST);
  expect(told(refused)).toEqual([403, "disallowed_login_method"]);
  expect(refused.text).toContain("guestAuth");
});

test("accepting the terms is kept, and shown wherever the user is", async () => {
  const page = await open({ app: { requireTerms: true, termsUrl: "https://example.com/terms" } });
  const config = await page.call(`/apps/${server.app.id}`);
  expect(config.as<object>()).toMatchObject({
    require_users_accept_terms: true,
    terms_and_conditions_url: "https://example.com/terms",
  });
  const { token, user } = await page.signIn(ADA);
  expect(user.has_accepted_terms).toBe(false);
  const accepted = await page.call("/users/me/accept_terms", {
    method: "POST",
    headers: bearer(token),
  });
  expect(accepted.as<User>().has_accepted_terms).toBe(true);
  expect((await page.signIn(ADA)).user.has_accepted_terms).toBe(true);
});

test("the identity token comes with sign-in and with the user, if the app asks for one", async () => {
  const page = await open({ app: { identityToken: true } });
  const signedIn = await page.signIn(ADA);
  const me = await page.call("/users/me", { headers: bearer(signedIn.token) });
  const { identity_token } = me.as<{ identity_token: string }>();
  for (const token of [signedIn.identity_token, identity_token]) {
    const payload = JSON.parse(atob((token ?? "").split(".")[1]?.replaceAll("-", "+") ?? ""));
    expect(payload).toMatchObject({ sub: signedIn.user.id, aud: server.app.id });
    expect(payload.sid).toBeUndefined();
  }
  await server.close();
  const without = await open();
  const plain = await without.signIn(ADA);
  expect(plain).not.toHaveProperty("identity_token");
  const plainMe = await without.call("/users/me", { headers: bearer(plain.token) });
  expect(plainMe.as<object>()).toMatchObject({ identity_token: null });
});

test("once the user is gone, every call with their token is terminal (R5)", async () => {
  const page = await open();
  const { token, user, refresh_token } = await page.signIn(ADA);
  const gone = await send(server.fetch, `/v1/users/${user.id}`, {
    method: "DELETE",
    headers: basic(server.app.id, server.secret),
  });
  expect([gone.status, gone.text]).toEqual([204, ""]);
  const answers = [
    await page.call("/users/me", { headers: bearer(token) }),
    await page.post("/passwordless/unlink", { address: ADA }, bearer(token)),
    await page.post("/sessions", { refresh_token }),
  ];
  for (const answer of answers) {
    expect(told(answer)).toEqual([401, "missing_or_invalid_token"]);
    expect(answer.as<object>()).toMatchObject({ cause: "user_deleted" });
  }
  expect((await page.signIn(ADA)).is_new_user).toBe(true);
});

test("a token of another app is refused, and says nothing about the session (R5)", async () => {
  const page = await open();
  const { token, refresh_token } = await page.signIn(ADA);
  const { id } = await server.addApp({ allowedOrigins: ["https://app.example.com"] });
  const other = openPage(server, { appId: id });
  expect(told(await other.call("/users/me", { headers: bearer(token) }))).toEqual([
    401,
    "invalid_access_token",
  ]);
  for (const path of ["/sessions", "/sessions/logout"]) {
    expect(told(await other.post(path, { refresh_token }))).toEqual([403, "client_mismatch"]);
  }
  expect((await page.post("/sessions", { refresh_token })).status).toBe(200);
});

test("signing out ends the session by any one proof, and is no error without any", async () => {
  const page = await open();
  expect(told(await page.post("/sessions/logout", {}))).toEqual([200, undefined]);
  expect(told(await page.post("/sessions/logout", { refresh_token: null }))).toEqual([
    200,
    undefined,
  ]);
  for (const proof of ["refresh_token", "token", "privy_access_token"] as const) {
    const signedIn = await page.signIn(ADA);
    const value = signedIn[proof];
    const answer = await (proof === "refresh_token"
      ? page.post("/sessions/logout", { refresh_token: value })
      : page.post("/sessions/logout", { refresh_token: "deprecated" }, bearer(value)));
    expect([answer.status, answer.text]).toEqual([200, "{}"]);
    const after = await page.post("/sessions", { refresh_token: signedIn.refresh_token });
    expect(told(after)).toEqual([401, "missing_or_invalid_token"]);
    expect(after.as<object>()).toMatchObject({ cause: "logout" });
  }
});
