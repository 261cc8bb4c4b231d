import type { AuthenticationAnswer } from "@latchkey/core/protocol/app-server";
import { decodeJwt } from "@latchkey/core/tokens/jwt";
import { afterAll, beforeAll, expect, test } from "vitest";
import { CALLBACK, openAppServer, type TestAppServer } from "../http/testing/app-server.ts";
import { openTestServer, type TestServer } from "../http/testing/test-server.ts";
import { impersonate } from "./impersonation.ts";

const EMAIL = "ada@example.com";
const impersonator = { email: "operator@example.com", reason: "Ticket 4711" };
let server: TestServer;
let backend: TestAppServer;
let clock = Date.now();
const logged: object[] = [];

beforeAll(async () => {
  const quiet = () => undefined;
  server = await openTestServer({
    now: () => clock,
    app: { redirectUris: [CALLBACK], publicClients: true },
    log: { debug: quiet, info: quiet, error: quiet, warn: (fields) => logged.push(fields) },
  });
  backend = openAppServer(server);
  await backend.user(EMAIL);
});
afterAll(() => server.close());

async function ask(changes: { userEmail?: string; redirectUri?: string } = {}): Promise<string> {
  const app = await server.services.directory.find(server.app.id);
  if (!app) throw new TypeError("The app is not there.");
  const input = { app, userEmail: EMAIL, redirectUri: CALLBACK, impersonator, ...changes };
  return (await impersonate(server.services, input)).code;
}
const exchange = (code: string) => backend.authenticate({ grant_type: "authorization_code", code });

test("names the operator in the answer, the token, every refresh and the trail, and in no log", async () => {
  const answer = (await exchange(await ask())).as<AuthenticationAnswer>();
  expect(answer).toMatchObject({ impersonator, authentication_method: "Impersonation" });
  const payload = decodeJwt(answer.access_token)?.payload;
  expect(payload?.act).toEqual({ sub: impersonator.email });
  const again = (await backend.refresh(answer.refresh_token)).as<AuthenticationAnswer>();
  expect(again.impersonator).toEqual(impersonator);
  const events = await server.services.store.sessions.events(String(payload?.sid));
  expect(events.map(({ type }) => type)).toContain("impersonation_began");
  expect(logged).toMatchObject([{ appId: server.app.id }]);
  expect(JSON.stringify(logged)).not.toContain("@");
});

test("ends after an hour, however often it is refreshed", async () => {
  let { refresh_token } = (await exchange(await ask())).as<AuthenticationAnswer>();
  for (let quarter = 0; quarter < 3; quarter++) {
    clock += 900_000;
    const answer = await backend.refresh(refresh_token);
    expect(answer.status, answer.text).toBe(200);
    ({ refresh_token } = answer.as<AuthenticationAnswer>());
  }
  clock += 900_000;
  const over = await backend.refresh(refresh_token);
  expect([over.status, over.as<{ error: string }>().error]).toEqual([400, "invalid_grant"]);
});

test("is no sign-in of the user, and needs the app's key", async () => {
  const before = (await backend.user(EMAIL)).lastSignInAt;
  clock += 1000;
  const code = await ask();
  const answer = await exchange(code);
  expect(answer.status).toBe(200);
  const page = await server.fetch(
    new Request("https://sessions.example.com/user_management/authenticate", {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: JSON.stringify({
        grant_type: "authorization_code",
        client_id: server.app.clientId,
        code: await ask(),
      }),
    }),
    { ip: null },
  );
  expect(page.status).toBe(400);
  const user = answer.as<AuthenticationAnswer>().user;
  expect(user.last_sign_in_at).toBe(new Date(before ?? 0).toISOString());
});

test("leaves a line for the leave, the session and its end, which the operator lists", async () => {
  const reason = "Ticket 4712";
  const app = await server.services.directory.find(server.app.id);
  if (!app) throw new TypeError("The app is not there.");
  const allowed = await impersonate(server.services, {
    app,
    userEmail: EMAIL,
    redirectUri: CALLBACK,
    impersonator: { email: "second@example.com", reason },
  });
  clock += 1000;
  const answer = (await exchange(allowed.code)).as<AuthenticationAnswer>();
  const sid = String(decodeJwt(answer.access_token)?.payload.sid);
  clock += 1000;
  await backend.post("/user_management/sessions/revoke", { session_id: sid });
  const { impersonations } = server.services.store;
  const lines = await impersonations.list(server.app.id, 3);
  const shared = { email: "second@example.com", reason, userEmail: EMAIL };
  expect(lines).toMatchObject([
    { ...shared, step: "ended", sessionId: sid, at: clock },
    { ...shared, step: "began", sessionId: sid, at: clock - 1000 },
    { ...shared, step: "allowed", sessionId: null, at: clock - 2000 },
  ]);
  expect(await impersonations.list((await server.addApp()).id, 10)).toEqual([]);
});

test("refuses addresses off the list, unknown users and disabled ones", async () => {
  await expect(ask({ redirectUri: "https://evil.example/" })).rejects.toMatchObject({
    code: "redirect_uri_not_registered",
  });
  await expect(ask({ userEmail: "nobody@example.com" })).rejects.toMatchObject({
    code: "user_not_found",
  });
  const { id } = await backend.user("gone@example.com");
  await server.services.store.users.setDisabled(server.app.id, id, true);
  await expect(ask({ userEmail: "gone@example.com" })).rejects.toMatchObject({
    code: "user_disabled",
  });
});
