import type { AuthenticatedUser, User } from "@latchkey/core/protocol/browser";
import type {
  PasskeyCreationOptions,
  PasskeyInitAnswer,
  PasskeyRequestOptions,
} from "@latchkey/core/protocol/passkeys";
import { afterEach, expect, test } from "vitest";
import {
  type Behaviour,
  openAuthenticator,
  type SoftwareAuthenticator,
} from "../../passkeys/testing/software-authenticator.ts";
import { type Answer, basic, bearer, openPage, send, type TestPage } from "../testing/test-page.ts";
import { openTestServer, type TestServer, type TestServerOptions } from "../testing/test-server.ts";

const ADA = "ada@example.com";
const ON = { passkeyAuth: true, passkeysForSignup: true };

let server: TestServer;
let device: SoftwareAuthenticator;
afterEach(() => server.close());

async function open(options: TestServerOptions = {}): Promise<TestPage> {
  server = await openTestServer({ ...options, app: { ...ON, ...options.app } });
  device = openAuthenticator();
  return openPage(server);
}

const told = (answer: Answer) => [answer.status, answer.code];

async function init<T>(page: TestPage, what: string, token: string | null = null): Promise<T> {
  const headers = token === null ? {} : bearer(token);
  const answer = await page.post(`/passkeys/${what}/init`, {}, headers);
  expect(answer.status, answer.text).toBe(200);
  return answer.as<PasskeyInitAnswer<T>>().options;
}

async function signUp(page: TestPage, behaviour?: Behaviour): Promise<Answer> {
  const options = await init<PasskeyCreationOptions>(page, "register");
  return page.post("/passkeys/register", {
    authenticator_response: device.create(options, behaviour),
  });
}

async function assertion(page: TestPage, behaviour?: Behaviour, by = device) {
  const options = await init<PasskeyRequestOptions>(page, "authenticate");
  return {
    challenge: options.challenge,
    authenticator_response: by.get(options, behaviour),
  };
}

const signIn = async (page: TestPage, behaviour?: Behaviour) =>
  page.post("/passkeys/authenticate", await assertion(page, behaviour));

async function link(page: TestPage, token: string | null, behaviour?: Behaviour, by = device) {
  const options = await init<PasskeyCreationOptions>(page, "link", token);
  const body = { authenticator_response: by.create(options, behaviour) };
  return page.post("/passkeys/link", body, bearer(token));
}

const passkeysOf = (user: User) =>
  user.linked_accounts.flatMap((each) => (each.type === "passkey" ? [each] : []));

async function mailsTo(email: string): Promise<string[]> {
  await server.services.outbox.drain();
  return server.mails
    .filter(({ to, code }) => to === email && code === null)
    .map(({ subject }) => subject);
}

async function stateOf(page: TestPage, { refresh_token }: AuthenticatedUser): Promise<unknown> {
  const answer = await page.post("/sessions", { refresh_token });
  return answer.status === 200 ? "live" : answer.as<{ cause: string }>().cause;
}

test("a passkey alone signs a person up, and in again as the same", async () => {
  const page = await open();
  const up = await signUp(page);
  expect(up.status, up.text).toBe(200);
  const { user, is_new_user } = up.as<AuthenticatedUser>();
  expect(is_new_user).toBe(true);
  expect(passkeysOf(user)).toMatchObject([
    { type: "passkey", enrolled_in_mfa: false, authenticator_name: "Passkey" },
  ]);
  const again = await signIn(page);
  expect(again.as<AuthenticatedUser>()).toMatchObject({
    user: { id: user.id },
    is_new_user: false,
  });
});

test("who signs up does so where the app says so, and never past an allowlist", async () => {
  const page = await open({ app: { passkeysForSignup: false } });
  expect(told(await page.post("/passkeys/register/init"))).toEqual([
    403,
    "disallowed_login_method",
  ]);
  const off = await server.addApp({ allowedOrigins: ["https://app.example.com"] });
  const other = openPage(server, { appId: off.id });
  expect(told(await other.post("/passkeys/authenticate/init"))).toEqual([
    403,
    "disallowed_login_method",
  ]);
  const listed = await server.addApp({
    ...ON,
    allowlistEnabled: true,
    allowedOrigins: ["https://app.example.com"],
  });
  const third = openPage(server, { appId: listed.id });
  expect(told(await third.post("/passkeys/register/init"))).toEqual([401, "allowlist_rejected"]);
});

test("options ask for a discoverable passkey, user verification and no attestation", async () => {
  const page = await open();
  const { token } = await page.signIn(ADA);
  const options = await init<PasskeyCreationOptions>(page, "link", token);
  expect(options).toMatchObject({
    rp: { id: "app.example.com", name: "Test app" },
    user: { name: ADA },
    attestation: "none",
    authenticator_selection: { resident_key: "required", user_verification: "required" },
    exclude_credentials: [],
  });
  const request = await init<PasskeyRequestOptions>(page, "authenticate");
  expect(request).toMatchObject({ rp_id: "app.example.com", user_verification: "required" });
  expect(request.challenge).toHaveLength(43);
});

test("a signed-in user links several, each excluded from the next, and is told by mail (ASVS 6.3.7)", async () => {
  const page = await open();
  const { token, user } = await page.signIn(ADA);
  const first = await link(page, token);
  expect(first.status, first.text).toBe(200);
  const options = await init<PasskeyCreationOptions>(page, "link", token);
  expect(options.exclude_credentials.map(({ id }) => id)).toEqual(
    passkeysOf(first.as<User>()).map(({ credential_id }) => credential_id),
  );
  const laptop = openAuthenticator();
  const second = await link(page, token, {}, laptop);
  expect(passkeysOf(second.as<User>())).toHaveLength(2);
  for (const by of [device, laptop]) {
    const answer = await page.post("/passkeys/authenticate", await assertion(page, {}, by));
    expect(answer.as<AuthenticatedUser>().user.id).toBe(user.id);
  }
  expect(await mailsTo(ADA)).toEqual([
    "A passkey was added to your Test app account",
    "A passkey was added to your Test app account",
  ]);
});

test("a removed passkey signs in no more, ends the other sessions and is told by mail (ASVS 7.4.3, 6.3.7)", async () => {
  const page = await open();
  const here = await page.signIn(ADA);
  const linked = await link(page, here.token);
  const elsewhere = (await signIn(page)).as<AuthenticatedUser>();
  const [passkey] = passkeysOf(linked.as<User>());
  const unlink = { credential_id: passkey?.credential_id, remove_as_mfa: true };
  const left = await page.post("/passkeys/unlink", unlink, bearer(here.token));
  expect(passkeysOf(left.as<User>())).toEqual([]);
  expect([await stateOf(page, here), await stateOf(page, elsewhere)]).toEqual(["live", "revoked"]);
  expect(told(await signIn(page))).toEqual([404, "passkey_not_found"]);
  expect((await mailsTo(ADA)).at(-1)).toBe("A passkey was removed from your Test app account");
  expect(told(await page.post("/passkeys/unlink", unlink, bearer(here.token)))).toEqual([
    400,
    "invalid_data",
  ]);
});

test("a passkey that the app's server removes ends every session, and its user is told (ASVS 6.3.7, 7.4.3)", async () => {
  const page = await open();
  const here = await page.signIn(ADA);
  const [passkey] = passkeysOf((await link(page, here.token)).as<User>());
  const left = await send(server.fetch, `/v1/users/${here.user.id}/accounts/unlink`, {
    body: { type: "passkey", handle: passkey?.credential_id },
    headers: basic(server.app.id, server.secret),
  });
  expect([left.status, passkeysOf(left.as<User>())]).toEqual([200, []]);
  expect(await stateOf(page, here)).toBe("revoked");
  expect((await mailsTo(ADA)).at(-1)).toBe("A passkey was removed from your Test app account");
});

test("the last way in is never removed", async () => {
  const page = await open();
  const { user, token } = (await signUp(page)).as<AuthenticatedUser>();
  const unlink = { credential_id: passkeysOf(user)[0]?.credential_id };
  expect(told(await page.post("/passkeys/unlink", unlink, bearer(token)))).toEqual([
    422,
    "cannot_unlink_sole_account",
  ]);
});

test("a challenge works once, whatever came of it (ASVS 6.5.1)", async () => {
  const page = await open();
  await signUp(page);
  const body = await assertion(page);
  expect((await page.post("/passkeys/authenticate", body)).status).toBe(200);
  const replayed = await page.post("/passkeys/authenticate", body);
  expect(told(replayed)).toEqual([400, "passkey_challenge_invalid"]);
  const wrong = await assertion(page, { userVerified: false });
  expect(told(await page.post("/passkeys/authenticate", wrong))).toEqual([422, "invalid_passkey"]);
  expect(told(await page.post("/passkeys/authenticate", wrong))).toEqual([
    400,
    "passkey_challenge_invalid",
  ]);
});

test("a challenge lives ten minutes", async () => {
  let now = 1_900_000_000_000;
  const page = await open({ now: () => now });
  await signUp(page);
  const early = await assertion(page);
  const late = await assertion(page);
  now += 599_000;
  expect((await page.post("/passkeys/authenticate", early)).status).toBe(200);
  now += 1_000;
  expect(told(await page.post("/passkeys/authenticate", late))).toEqual([
    400,
    "passkey_challenge_invalid",
  ]);
});

test("an answer lost on the way is given again for the same Idempotency-Key (R6)", async () => {
  const page = await open();
  const body = {
    authenticator_response: device.create(await init<PasskeyCreationOptions>(page, "register")),
  };
  const key = { "idempotency-key": "one" };
  const [first, second] = [
    await page.post("/passkeys/register", body, key),
    await page.post("/passkeys/register", body, key),
  ];
  expect([first.status, second.status]).toEqual([200, 200]);
  expect(second.as<AuthenticatedUser>().refresh_token).toBe(
    first.as<AuthenticatedUser>().refresh_token,
  );
  const other = await page.post("/passkeys/authenticate", await assertion(page), key);
  expect(other.status).toBe(200);
});

test.each<[string, Behaviour, [number, string]]>([
  ["another origin", { origin: "https://evil.example.com" }, [403, "invalid_origin"]],
  ["a frame of another site", { crossOrigin: true }, [403, "invalid_origin"]],
  ["another relying party", { rpId: "evil.example" }, [422, "invalid_passkey"]],
  ["no user verification", { userVerified: false }, [422, "invalid_passkey"]],
  ["a challenge of its own", { challenge: "A".repeat(43) }, [400, "passkey_challenge_invalid"]],
])(
  "%s is refused, to sign in and to sign up (WebAuthn sections 7.1 and 7.2)",
  async (_, bad, refusal) => {
    const page = await open();
    expect(told(await signUp(page, bad))).toEqual(refusal);
    expect((await signUp(page)).status).toBe(200);
    expect(told(await signIn(page, bad))).toEqual(refusal);
  },
);

test("a signature by another key is refused", async () => {
  const page = await open();
  const { user } = (await signUp(page)).as<AuthenticatedUser>();
  const id = passkeysOf(user)[0]?.credential_id ?? "";
  const thief = openAuthenticator();
  thief.create(await init<PasskeyCreationOptions>(page, "register"), { credentialId: id });
  const forged = await assertion(page, {}, thief);
  expect(told(await page.post("/passkeys/authenticate", forged))).toEqual([422, "invalid_passkey"]);
});

test("nobody signs up or links with a passkey that somebody has, and becomes them", async () => {
  const page = await open();
  const { user } = (await signUp(page)).as<AuthenticatedUser>();
  const credentialId = passkeysOf(user)[0]?.credential_id ?? "";
  device = openAuthenticator();
  expect(told(await signUp(page, { credentialId }))).toEqual([422, "linked_to_another_user"]);
  const { token } = await page.signIn("eve@example.com");
  expect(told(await link(page, token, { credentialId }))).toEqual([422, "linked_to_another_user"]);
});

test("a challenge belongs to what it was given out for: purpose, user, app and page", async () => {
  const page = await open();
  const ada = await page.signIn(ADA);
  const eve = await page.signIn("eve@example.com");
  const forAda = await init<PasskeyCreationOptions>(page, "link", ada.token);
  const asEve = { authenticator_response: device.create(forAda) };
  const taken = await page.post("/passkeys/link", asEve, bearer(eve.token));
  expect(told(taken)).toEqual([422, "invalid_passkey"]);
  const toLink = await init<PasskeyCreationOptions>(page, "link", ada.token);
  const asSignUp = { authenticator_response: device.create(toLink) };
  expect(told(await page.post("/passkeys/register", asSignUp))).toEqual([
    400,
    "passkey_challenge_invalid",
  ]);
  const other = await server.addApp({ ...ON, allowedOrigins: ["https://app.example.com"] });
  const elsewhere = openPage(server, { appId: other.id });
  const here = await init<PasskeyCreationOptions>(page, "register");
  const there = { authenticator_response: device.create(here) };
  expect(told(await elsewhere.post("/passkeys/register", there))).toEqual([
    400,
    "passkey_challenge_invalid",
  ]);
});

test("a counter that goes back is taken down and refused; one that stays at zero is none (section 6.1.1)", async () => {
  const page = await open();
  const { user } = (await signUp(page)).as<AuthenticatedUser>();
  expect((await signIn(page, { counter: 9 })).status).toBe(200);
  expect(told(await signIn(page, { counter: 9 }))).toEqual([403, "passkey_counter_regressed"]);
  const { passkeys } = server.services.store;
  const id = passkeysOf(user)[0]?.credential_id ?? "";
  const kept = await passkeys.find(server.app.id, id);
  expect(kept).toMatchObject({ counter: 9, regressedAt: expect.any(Number) });
  expect((await signIn(page, { counter: 10 })).status).toBe(200);
  device = openAuthenticator();
  expect((await signUp(page, { counter: 0 })).status).toBe(200);
  expect((await signIn(page, { counter: 0 })).status).toBe(200);
  expect((await signIn(page, { counter: 0 })).status).toBe(200);
});

test("backup state is followed; backup eligibility never changes (section 6.1.3)", async () => {
  const page = await open();
  const single = { backup: { eligible: true, state: false } };
  const { user } = (await signUp(page, single)).as<AuthenticatedUser>();
  const id = passkeysOf(user)[0]?.credential_id ?? "";
  const kept = () => server.services.store.passkeys.find(server.app.id, id);
  expect(await kept()).toMatchObject({ backupEligible: true, backedUp: false });
  await signIn(page);
  expect(await kept()).toMatchObject({ backupEligible: true, backedUp: true });
  const other = { backup: { eligible: false, state: false } };
  expect(told(await signIn(page, other))).toEqual([422, "invalid_passkey"]);
});

test("a guest who links a passkey is a guest no more", async () => {
  const page = await open({ app: { guestAuth: true } });
  const guest = await page.post("/guest/authenticate", { guest_credential: "g".repeat(43) });
  const { token, user } = guest.as<AuthenticatedUser>();
  const linked = (await link(page, token)).as<User>();
  expect([linked.id, linked.is_guest]).toEqual([user.id, false]);
});

test("who was taken off the allowlist is not let in by passkey either", async () => {
  const page = await open({ app: { allowlistEnabled: true } });
  const list = (method: string) =>
    send(server.fetch, `/v1/apps/${server.app.id}/allowlist`, {
      method,
      body: { type: "email", value: ADA },
      headers: basic(server.app.id, server.secret),
    });
  await list("POST");
  const { token } = await page.signIn(ADA);
  expect((await link(page, token)).status).toBe(200);
  expect((await signIn(page)).status).toBe(200);
  await list("DELETE");
  expect(told(await signIn(page))).toEqual([401, "allowlist_rejected"]);
});
