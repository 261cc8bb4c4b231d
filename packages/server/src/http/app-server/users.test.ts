import type {
  AppServerSession,
  AppServerUser,
  AuthenticationAnswer,
  MagicAuth,
  WireList,
} from "@latchkey/core/protocol/app-server";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { openAppServer, type TestAppServer } from "../testing/app-server.ts";
import { openPage, send } from "../testing/test-page.ts";
import { openTestServer, type TestServer } from "../testing/test-server.ts";

const USERS = "/user_management/users";
let server: TestServer;
let backend: TestAppServer;
beforeAll(async () => {
  server = await openTestServer({ app: { guestAuth: true } });
  backend = openAppServer(server);
});
afterAll(() => server.close());

let count = 0;
const newEmail = () => `user-${++count}@example.com`;
const create = async (body: object = {}) =>
  (await backend.post(USERS, { email: newEmail(), ...body })).as<AppServerUser>();
const list = async (query: string, by = backend) =>
  (await by.call(`${USERS}?${query}`)).as<WireList<AppServerUser>>();

describe("a user", () => {
  test("is made, found by id and by the app's own name, changed and deleted", async () => {
    const email = newEmail();
    const made = await backend.post(USERS, {
      email: ` ${email.toUpperCase()} `,
      first_name: "Ada",
      last_name: "Lovelace",
      external_id: "crm-7",
      metadata: { plan: "free", seats: "3" },
      locale: "en-GB",
    });
    expect(made.status).toBe(201);
    const user = made.as<AppServerUser>();
    expect(user).toMatchObject({
      object: "user",
      email,
      email_verified: false,
      name: "Ada Lovelace",
      external_id: "crm-7",
      locale: "en-GB",
      last_sign_in_at: null,
    });
    expect(user.id).toMatch(/^user_/);
    for (const path of [user.id, "external_id/crm-7"]) {
      expect((await backend.call(`${USERS}/${path}`)).as<AppServerUser>()).toEqual(user);
    }
    const changed = await backend.call(`${USERS}/${user.id}`, {
      method: "PUT",
      body: {
        name: "Augusta Ada King",
        metadata: { plan: null, tier: "gold" },
        email_verified: true,
      },
    });
    expect(changed.as<AppServerUser>()).toMatchObject({
      first_name: "Augusta",
      last_name: "Ada King",
      metadata: { seats: "3", tier: "gold" },
      email_verified: true,
      external_id: "crm-7",
    });
    expect((await backend.call(`${USERS}/${user.id}`, { method: "DELETE" })).status).toBe(200);
    const gone = await backend.call(`${USERS}/${user.id}`);
    expect([gone.status, gone.code]).toEqual([404, "entity_not_found"]);
  });

  test("who changes address has proven nothing of the new one", async () => {
    const { id } = await create({ email_verified: true });
    const email = newEmail();
    const changed = await backend.call(`${USERS}/${id}`, { method: "PUT", body: { email } });
    expect(changed.as<AppServerUser>()).toMatchObject({ email, email_verified: false });
    const { code } = (await backend.post("/user_management/magic_auth", { email })).as<MagicAuth>();
    const grant_type = "urn:workos:oauth:grant-type:magic-auth:code";
    const signedIn = await backend.authenticate({ grant_type, email, code });
    expect(signedIn.as<{ user: AppServerUser }>().user).toMatchObject({ id, email_verified: true });
  });

  test("shares no address and no external id with another of the app", async () => {
    const first = await create({ external_id: "one" });
    const second = await create();
    const cases: readonly [string, string, object, string][] = [
      ["POST", USERS, { email: first.email }, "email_not_available"],
      ["POST", USERS, { email: newEmail(), external_id: "one" }, "external_id_already_used"],
      ["PUT", `${USERS}/${second.id}`, { email: first.email }, "email_not_available"],
      ["PUT", `${USERS}/${second.id}`, { external_id: "one" }, "external_id_already_used"],
    ];
    for (const [method, path, body, code] of cases) {
      const answer = await backend.call(path, { method, body });
      expect([answer.status, answer.code]).toEqual([422, code]);
    }
    const after = await backend.call(`${USERS}/${second.id}`);
    expect(after.as<AppServerUser>()).toMatchObject({ email: second.email, external_id: null });
    const other = openAppServer(server, await server.addApp());
    expect((await other.post(USERS, { email: first.email, external_id: "one" })).status).toBe(201);
  });

  test("of another app is not there, for any call", async () => {
    const other = openAppServer(server, await server.addApp());
    const { id } = await create();
    for (const [method, path, body] of [
      ["GET", `${USERS}/${id}`],
      ["PUT", `${USERS}/${id}`, { first_name: "Eve" }],
      ["DELETE", `${USERS}/${id}`],
      ["GET", `${USERS}/${id}/sessions`],
    ] as const) {
      const answer = await other.call(path, { method, ...(body && { body }) });
      expect([answer.status, answer.code]).toEqual([404, "entity_not_found"]);
    }
    expect((await backend.call(`${USERS}/${id}`)).status).toBe(200);
  });

  test("of the browser protocol is the same person here, if they have an address", async () => {
    const page = openPage(server);
    const email = newEmail();
    await page.signIn(email);
    const { data } = await list(`email=${encodeURIComponent(email)}`);
    expect(data).toMatchObject([{ email, email_verified: true }]);
    await page.post("/guest/authenticate", { guest_credential: "g".repeat(43) });
    const everyone = await list("limit=100");
    expect(everyone.data.every((user) => user.email !== "")).toBe(true);
  });
});

describe("the list of users", () => {
  test("goes forward and back by cursors, newest or oldest first, without gap or repeat", async () => {
    const app = await server.addApp();
    const other = openAppServer(server, app);
    const ids: string[] = [];
    for (let at = 0; at < 7; at++) {
      ids.push((await other.post(USERS, { email: newEmail() })).as<AppServerUser>().id);
    }
    for (const order of ["asc", "desc"]) {
      const seen: string[] = [];
      let page = await list(`limit=3&order=${order}`, other);
      expect(page.list_metadata.before).toBeNull();
      for (;;) {
        seen.push(...page.data.map(({ id }) => id));
        if (page.list_metadata.after === null) break;
        page = await list(`limit=3&order=${order}&after=${page.list_metadata.after}`, other);
      }
      expect([...seen].sort()).toEqual([...ids].sort());
      const back = await list(`limit=3&order=${order}&before=${page.list_metadata.before}`, other);
      expect(back.data.map(({ id }) => id)).toEqual(seen.slice(3, 6));
      expect(back.list_metadata.after).toBe(seen[5]);
      const first = await list(`limit=3&order=${order}&before=${back.list_metadata.before}`, other);
      expect(first.data.map(({ id }) => id)).toEqual(seen.slice(0, 3));
      expect(first.list_metadata.before).toBeNull();
    }
  });

  test("says so when a cursor is no longer in it, because an empty page would look like the end", async () => {
    const { id } = await create();
    await backend.call(`${USERS}/${id}`, { method: "DELETE" });
    const answer = await backend.call(`${USERS}?after=${id}`);
    expect([answer.status, answer.code]).toEqual([400, "invalid_cursor"]);
  });

  test("names what is wrong with a query", async () => {
    for (const [query, words] of [
      ["limit=0", /limit must be at least 1/],
      ["limit=101", /limit must be at most 100/],
      ["order=sideways", /order must be "asc" or "desc"/],
      ["email=nobody", /email must be an e-mail address/],
      ["before=a&after=b", /not both/],
    ] as const) {
      const answer = await backend.call(`${USERS}?${query}`);
      expect([answer.status, answer.code]).toEqual([400, "invalid_request_parameters"]);
      expect(answer.as<{ message: string }>().message).toMatch(words);
    }
  });
});

describe("sessions", () => {
  test("are listed with what began them and end by id, once and for all (ASVS 7.4.5)", async () => {
    const email = newEmail();
    const { user, refresh_token } = await backend.signIn({ email });
    const sessions = async () =>
      (await backend.call(`${USERS}/${user.id}/sessions`)).as<WireList<AppServerSession>>().data;
    const [session] = await sessions();
    expect(Object.keys(session ?? {}).sort()).toEqual(
      `auth_method created_at ended_at expires_at id ip_address object status updated_at user_agent
       user_id`.split(/\s+/),
    );
    expect(session).toMatchObject({
      object: "session",
      status: "active",
      auth_method: "magic_code",
    });
    for (let times = 0; times < 2; times++) {
      const revoked = await backend.post("/user_management/sessions/revoke", {
        session_id: session?.id,
      });
      expect(revoked.status).toBe(200);
    }
    expect(await sessions()).toMatchObject([{ status: "revoked", ended_at: expect.any(String) }]);
    expect((await backend.refresh(refresh_token)).as<{ error: string }>().error).toBe(
      "invalid_grant",
    );
  });

  test("keep no control characters of a browser's name, which PostgreSQL could not", async () => {
    const code = await backend.code({ email: newEmail() });
    const user_agent = "Mozilla\u0000/5.0\u202e";
    const grant = { grant_type: "authorization_code", code, user_agent, ip_address: "2001:db8::1" };
    const { user } = (await backend.authenticate(grant)).as<AuthenticationAnswer>();
    const { data } = (await backend.call(`${USERS}/${user.id}/sessions`)).as<
      WireList<AppServerSession>
    >();
    expect(data).toMatchObject([{ user_agent: "Mozilla/5.0", ip_address: "2001:db8::1" }]);
  });

  test("of another app are not revoked", async () => {
    const other = openAppServer(server, await server.addApp());
    const { user, refresh_token } = await backend.signIn({ email: newEmail() });
    const { data } = (await backend.call(`${USERS}/${user.id}/sessions`)).as<
      WireList<AppServerSession>
    >();
    const body = { session_id: data[0]?.id };
    const answer = await other.post("/user_management/sessions/revoke", body);
    expect([answer.status, answer.code]).toEqual([404, "entity_not_found"]);
    expect((await backend.refresh(refresh_token)).status).toBe(200);
  });
});

describe("every management call", () => {
  const calls = [
    ["GET", USERS],
    ["POST", USERS],
    ["GET", `${USERS}/user_1`],
    ["PUT", `${USERS}/user_1`],
    ["DELETE", `${USERS}/user_1`],
    ["GET", `${USERS}/external_id/x`],
    ["GET", `${USERS}/user_1/sessions`],
    ["POST", "/user_management/sessions/revoke"],
    ["POST", "/user_management/magic_auth"],
    ["GET", "/organizations"],
    ["POST", "/organizations"],
    ["GET", "/organizations/org_1"],
    ["GET", "/user_management/organization_memberships?user_id=user_1"],
    ["POST", "/user_management/organization_memberships"],
    ["DELETE", "/user_management/organization_memberships/om_1"],
    ["GET", "/user_management/magic_auth/magic_auth_1"],
    ["GET", "/user_management/email_verification/email_verification_1"],
    ["POST", `${USERS}/user_1/email_verification/send`],
    ["POST", "/user_management/password_reset"],
    ["GET", "/user_management/password_reset/password_reset_1"],
    ["POST", "/user_management/password_reset/confirm"],
    ["GET", "/user_management/invitations"],
    ["POST", "/user_management/invitations/invitation_1/accept"],
    ["GET", "/user_management/invitations/by_token/token"],
    ["GET", "/authorization/organizations/org_1/roles"],
    ["GET", "/organizations/org_1/feature-flags"],
  ] as const;

  test("needs the app's API key and takes no other secret (ASVS 8.2.1)", async () => {
    for (const [method, path] of calls) {
      for (const authorization of [undefined, "", "Bearer sk_wrong", `Bearer ${server.secret}`]) {
        const answer = await send(server.fetch, path, {
          method,
          headers: { authorization },
          ...(["POST", "PUT"].includes(method) && { body: {} }),
        });
        expect([path, answer.status, answer.code]).toEqual([path, 401, "unauthorized"]);
        expect(Object.keys(answer.as<object>()).sort()).toEqual(["code", "message"]);
        expect(answer.headers.get("cache-control")).toBe("private, no-store");
      }
    }
  });

  test("answers JSON of the protocol's shape where nothing is", async () => {
    for (const path of ["/user_management/nothing", "/sso/nothing", "/organizations/a/b/c"]) {
      const answer = await backend.call(path);
      expect([answer.status, answer.code]).toEqual([404, "not_found"]);
      expect(Object.keys(answer.as<object>()).sort()).toEqual(["code", "message"]);
    }
    const answer = await backend.call("/user_management/users", { method: "PATCH", body: {} });
    expect([answer.status, answer.code]).toEqual([405, "method_not_allowed"]);
  });
});
