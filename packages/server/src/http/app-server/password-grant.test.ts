import type { AppServerUser, AuthenticationAnswer } from "@latchkey/core/protocol/app-server";
import { afterAll, beforeAll, expect, test } from "vitest";
import { openAppServer, type TestAppServer } from "../testing/app-server.ts";
import type { Answer } from "../testing/test-page.ts";
import { openTestServer, type TestServer } from "../testing/test-server.ts";

const USERS = "/user_management/users";
const PASSWORD = "seven green kites at noon";
let server: TestServer;
let backend: TestAppServer;
beforeAll(async () => {
  server = await openTestServer({ app: { passwordAuth: true } });
  backend = openAppServer(server);
});
afterAll(() => server.close());

const signIn = (email: string, password: string, headers = {}) =>
  backend.authenticate({ grant_type: "password", email, password }, headers);
const create = async (email: string, more: object = {}) =>
  (
    await backend.post(USERS, { email, password: PASSWORD, email_verified: true, ...more })
  ).as<AppServerUser>();
const told = (answer: Answer) => [answer.status, answer.code];

test("a proven address and its password begin a session; a retry begins no second one", async () => {
  const { id } = await create("ada@example.com");
  const key = { "idempotency-key": "retry-1" };
  const answers = [await signIn("Ada@Example.com ", PASSWORD, key)];
  answers.push(await signIn("Ada@Example.com ", PASSWORD, key));
  const bodies = answers.map((answer) => answer.as<AuthenticationAnswer>());
  expect(bodies[0]).toMatchObject({ user: { id }, authentication_method: "Password" });
  expect(bodies[1]?.refresh_token).toBe(bodies[0]?.refresh_token);
  const refreshed = await backend.refresh(bodies[0]?.refresh_token ?? "");
  expect(refreshed.as<AuthenticationAnswer>().authentication_method).toBe("Password");
});

test("everything else is one and the same refusal (ASVS 6.3.8)", async () => {
  await create("grace@example.com");
  await backend.post(USERS, { email: "without@example.com" });
  const answers = await Promise.all([
    signIn("grace@example.com", `${PASSWORD}!`),
    signIn("nobody@example.com", PASSWORD),
    signIn("without@example.com", PASSWORD),
  ]);
  for (const answer of answers) {
    expect(told(answer)).toEqual([400, "invalid_credentials"]);
    expect(answer.text).toBe(answers[0]?.text);
    expect(Object.keys(answer.as<object>()).sort()).toEqual(["code", "message"]);
  }
});

test("guessing is bounded, for each address alone (ASVS 6.3.1)", async () => {
  await create("hedy@example.com");
  await create("mary@example.com");
  const guesses: Answer[] = [];
  for (let at = 0; at < 21; at++)
    guesses.push(await signIn("hedy@example.com", `guess number ${at}`));
  const last = guesses.at(-1);
  expect([last?.status, last?.code]).toEqual([429, "too_many_requests"]);
  expect(last?.headers.get("retry-after")).toMatch(/^\d+$/);
  expect((await signIn("mary@example.com", PASSWORD)).status).toBe(200);
}, 60_000);

test("a weak password is refused, a changed one signs everybody out (ASVS 6.2.1, 7.4.3)", async () => {
  const weak = await backend.post(USERS, { email: "joan@example.com", password: "password1234" });
  expect(told(weak)).toEqual([422, "password_strength_error"]);
  const { id } = await create("joan@example.com");
  const { refresh_token } = (await signIn("joan@example.com", PASSWORD)).as<AuthenticationAnswer>();
  const next = "eleven quiet harbours in fog";
  await backend.call(`${USERS}/${id}`, { method: "PUT", body: { password: next } });
  const answer = await backend.refresh(refresh_token);
  expect([answer.status, answer.as<{ error: string }>().error]).toEqual([400, "invalid_grant"]);
  expect(told(await signIn("joan@example.com", PASSWORD))).toEqual([400, "invalid_credentials"]);
  expect((await signIn("joan@example.com", next)).status).toBe(200);
});

test("an app without passwords takes none, and a public client none at all", async () => {
  const other = openAppServer(server, await server.addApp());
  const grant = { grant_type: "password", email: "ada@example.com", password: PASSWORD };
  expect(told(await other.authenticate(grant))).toEqual([400, "password_auth_disabled"]);
  const created = await other.post(USERS, { email: "x@example.com", password: PASSWORD });
  expect(told(created)).toEqual([400, "password_auth_disabled"]);
  const open = await backend.authenticate(
    { ...grant, client_secret: null },
    { authorization: undefined },
  );
  expect([open.status, open.as<{ error: string }>().error]).toEqual([401, "invalid_client"]);
});
