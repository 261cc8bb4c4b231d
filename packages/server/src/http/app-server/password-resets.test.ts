import type {
  AppServerUser,
  AuthenticationAnswer,
  PasswordReset,
} from "@latchkey/core/protocol/app-server";
import { afterAll, beforeAll, expect, test } from "vitest";
import { openAppServer, type TestAppServer } from "../testing/app-server.ts";
import type { Answer } from "../testing/test-page.ts";
import { openTestServer, type TestServer } from "../testing/test-server.ts";

const PATH = "/user_management/password_reset";
const USERS = "/user_management/users";
const OLD = "seven green lanterns drift";
const NEW = "eleven quiet harbours in fog";

let clock = Date.now();
let server: TestServer;
let backend: TestAppServer;
beforeAll(async () => {
  server = await openTestServer({ now: () => clock, app: { passwordAuth: true } });
  backend = openAppServer(server);
});
afterAll(() => server.close());

const told = (answer: Answer) => [answer.status, answer.code];
const create = async (email: string, email_verified = true) =>
  (await backend.post(USERS, { email, password: OLD, email_verified })).as<AppServerUser>();
const signIn = (email: string, password: string) =>
  backend.authenticate({ grant_type: "password", email, password });
const ask = async (email: string) => (await backend.post(PATH, { email })).as<PasswordReset>();
const confirm = (token: string, new_password = NEW) =>
  backend.post(`${PATH}/confirm`, { token, new_password });

test("a mailed token sets a new password once, proves the address and signs everybody out (ASVS 6.4.3, 7.4.3)", async () => {
  const email = "ada@example.com";
  const user = await create(email);
  const { refresh_token } = (await signIn(email, OLD)).as<AuthenticationAnswer>();
  const made = await backend.post(PATH, { email });
  expect(made.status).toBe(201);
  const reset = made.as<PasswordReset>();
  expect(reset).toEqual({
    object: "password_reset",
    id: expect.stringMatching(/^password_reset_/),
    user_id: user.id,
    email,
    password_reset_token: expect.stringMatching(/^[A-Za-z0-9_-]{43}$/),
    password_reset_url: `https://sessions.example.com/login/reset-password?token=${reset.password_reset_token}`,
    expires_at: new Date(Date.parse(reset.created_at) + 3_600_000).toISOString(),
    created_at: expect.any(String),
  });
  expect((await backend.call(`${PATH}/${reset.id}`)).as<object>()).toEqual(reset);
  await server.services.outbox.drain();
  expect(server.mails.at(-1)?.text).toContain(reset.password_reset_url);

  const second = await ask(email);
  expect(told(await confirm(reset.password_reset_token, "password1234"))).toEqual([
    422,
    "password_strength_error",
  ]);
  const done = await confirm(reset.password_reset_token);
  expect(done.as<{ user: AppServerUser }>().user.id).toBe(user.id);
  const refused = await backend.refresh(refresh_token);
  expect([refused.status, refused.as<{ error: string }>().error]).toEqual([400, "invalid_grant"]);
  expect((await signIn(email, NEW)).status).toBe(200);
  expect(told(await signIn(email, OLD))).toEqual([400, "invalid_credentials"]);
  // Neither the same one nor another that was on its way.
  for (const { password_reset_token } of [reset, second]) {
    expect(told(await confirm(password_reset_token))).toEqual([400, "password_reset_invalid"]);
  }
  await server.services.outbox.drain();
  expect(server.mails.at(-1)?.subject).toContain("password was set");
});

test("it counts as proof of the address, which was mailed to", async () => {
  const email = "grace@example.com";
  await create(email, false);
  const { password_reset_token } = await ask(email);
  const { user } = (await confirm(password_reset_token)).as<{ user: AppServerUser }>();
  expect(user.email_verified).toBe(true);
  expect((await signIn(email, NEW)).status).toBe(200);
});

test("who waits at a provider under the address is out once its owner sets a password (pre-hijacking)", async () => {
  const email = "dora@example.com";
  const { id } = await create(email, false);
  const { store } = server.services;
  const of = await store.profiles.findByServerId(server.app.id, id);
  const google = { issuer: "https://accounts.google.com", subject: "of-somebody-else" };
  const planted = { type: "google_oauth", subject: Object.values(google).join(" "), data: google };
  await store.users.link(server.app.id, of?.id ?? "", planted, null, null);
  const { password_reset_token } = await ask(email);
  expect((await confirm(password_reset_token)).status).toBe(200);
  expect(await store.users.findByAccount(server.app.id, planted)).toBeNull();
  expect((await signIn(email, NEW)).status).toBe(200);

  // Who has proven the address keeps what they added.
  await store.users.link(server.app.id, of?.id ?? "", planted, null, null);
  await confirm((await ask(email)).password_reset_token);
  expect(await store.users.findByAccount(server.app.id, planted)).not.toBeNull();
});

test("it is good for an hour, for the address that it was mailed to, in its app", async () => {
  const email = "hedy@example.com";
  const user = await create(email);
  const late = await ask(email);
  const other = openAppServer(server, await server.addApp({ passwordAuth: true }));
  const body = { token: late.password_reset_token, new_password: NEW };
  expect(told(await other.post(`${PATH}/confirm`, body))).toEqual([400, "password_reset_invalid"]);
  expect(told(await other.call(`${PATH}/${late.id}`))).toEqual([404, "entity_not_found"]);
  clock += 3_600_001;
  expect(told(await confirm(late.password_reset_token))).toEqual([400, "password_reset_invalid"]);
  const moved = await ask(email);
  await backend.call(`${USERS}/${user.id}`, { method: "PUT", body: { email: "new@example.com" } });
  expect(told(await confirm(moved.password_reset_token))).toEqual([400, "password_reset_invalid"]);
});

test("nobody is mailed without end, and nobody unknown at all", async () => {
  expect(told(await backend.post(PATH, { email: "nobody@example.com" }))).toEqual([
    404,
    "entity_not_found",
  ]);
  await create("mary@example.com");
  for (let count = 0; count < 5; count++) await ask("mary@example.com");
  const sixth = await backend.post(PATH, { email: "mary@example.com" });
  expect(told(sixth)).toEqual([429, "too_many_requests"]);
  expect(sixth.headers.get("retry-after")).toMatch(/^\d+$/);
});

test("an app without passwords resets none, and a disabled user gets none", async () => {
  const other = openAppServer(server, await server.addApp());
  const body = { email: "ada@example.com" };
  expect(told(await other.post(PATH, body))).toEqual([400, "password_auth_disabled"]);
  await create("joan@example.com");
  const { password_reset_token } = await ask("joan@example.com");
  const { id } = await backend.user("joan@example.com");
  await server.services.store.users.setDisabled(server.app.id, id, true);
  expect(told(await confirm(password_reset_token))).toEqual([403, "user_disabled"]);
});
