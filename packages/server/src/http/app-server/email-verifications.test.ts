import type {
  AppServerErrorBody,
  AppServerUser,
  EmailVerification,
  MagicAuth,
} from "@latchkey/core/protocol/app-server";
import { afterAll, beforeAll, expect, test } from "vitest";
import { openAppServer, type TestAppServer } from "../testing/app-server.ts";
import type { Answer } from "../testing/test-page.ts";
import { openTestServer, type TestServer } from "../testing/test-server.ts";

const USERS = "/user_management/users";
const PASSWORD = "seven green lanterns drift";

let server: TestServer;
let backend: TestAppServer;
beforeAll(async () => {
  server = await openTestServer({ app: { passwordAuth: true } });
  backend = openAppServer(server);
});
afterAll(() => server.close());

const told = (answer: Answer) => [answer.status, answer.code];
const create = async (email: string) =>
  (await backend.post(USERS, { email, password: PASSWORD })).as<AppServerUser>();
const confirm = (id: string, code: string) =>
  backend.post(`${USERS}/${id}/email_verification/confirm`, { code });

test("the app's server has a code mailed, and confirms what the person typed", async () => {
  const email = "ada@example.com";
  const { id } = await create(email);
  const sent = await backend.post(`${USERS}/${id}/email_verification/send`, {});
  expect(sent.as<{ user: AppServerUser }>().user).toMatchObject({ id, email_verified: false });
  const code = await server.codeFor(email);
  const wrong = code === "000000" ? "000001" : "000000";
  expect(told(await confirm(id, wrong))).toEqual([400, "invalid_one_time_code"]);
  const done = (await confirm(id, code)).as<{ user: AppServerUser }>();
  expect(done.user).toMatchObject({ id, email_verified: true });
  expect(told(await confirm(id, code))).toEqual([400, "invalid_one_time_code"]);
  // The password that was set before stays, as the app's server vouches for who typed the code.
  const signIn = { grant_type: "password", email, password: PASSWORD };
  expect((await backend.authenticate(signIn)).status).toBe(200);
});

test("a code is good for the user that it was mailed for, and no other", async () => {
  const [one, other] = [await create("grace@example.com"), await create("hedy@example.com")];
  await backend.post(`${USERS}/${one.id}/email_verification/send`, {});
  const code = await server.codeFor("grace@example.com");
  expect(told(await confirm(other.id, code))).toEqual([400, "invalid_one_time_code"]);
  expect((await confirm(one.id, code)).status).toBe(200);
});

test("what a sign-in waits for can be read again by its id, in its app alone", async () => {
  const email = "mary@example.com";
  const user = await create(email);
  const waiting = await backend.authenticate({ grant_type: "password", email, password: PASSWORD });
  const { email_verification_id } = waiting.as<
    AppServerErrorBody & { email_verification_id: string }
  >();
  const path = `/user_management/email_verification/${email_verification_id}`;
  const found = (await backend.call(path)).as<EmailVerification>();
  expect(found).toEqual({
    object: "email_verification",
    id: email_verification_id,
    user_id: user.id,
    email,
    expires_at: new Date(Date.parse(found.created_at) + 600_000).toISOString(),
    code: await server.codeFor(email),
    created_at: expect.any(String),
    updated_at: found.created_at,
  });
  const other = openAppServer(server, await server.addApp());
  expect(told(await other.call(path))).toEqual([404, "entity_not_found"]);
});

test("a magic-auth code can be read again by its id, and is no verification", async () => {
  const email = "joan@example.com";
  const made = (await backend.post("/user_management/magic_auth", { email })).as<MagicAuth>();
  const path = `/user_management/magic_auth/${made.id}`;
  expect((await backend.call(path)).as<object>()).toEqual(made);
  const other = openAppServer(server, await server.addApp());
  expect(told(await other.call(path))).toEqual([404, "entity_not_found"]);
  const asVerification = `/user_management/email_verification/${made.id}`;
  expect(told(await backend.call(asVerification))).toEqual([404, "entity_not_found"]);
});
