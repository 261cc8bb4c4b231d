import type {
  AuthenticationAnswer,
  WireInvitation,
  WireList,
  WireMembership,
  WireOrganization,
} from "@latchkey/core/protocol/app-server";
import { MAGIC_AUTH_GRANT } from "@latchkey/core/protocol/app-server-requests";
import { decodeJwt } from "@latchkey/core/tokens/jwt";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { openAppServer, type TestAppServer } from "../testing/app-server.ts";
import type { Answer } from "../testing/test-page.ts";
import { openTestServer, type TestServer } from "../testing/test-server.ts";

const PATH = "/user_management/invitations";
const DAY = 86_400_000;

let clock = Date.now();
let server: TestServer;
let backend: TestAppServer;
let organization: WireOrganization;
beforeAll(async () => {
  server = await openTestServer({ now: () => clock, app: { passwordAuth: true } });
  backend = openAppServer(server);
  const made = await backend.post("/organizations", { name: "Engines" });
  organization = made.as<WireOrganization>();
});
afterAll(() => server.close());

const told = (answer: Answer) => [answer.status, answer.code];
const invite = async (email: string, more: object = {}) =>
  backend.post(PATH, { email, organization_id: organization.id, ...more });
const invited = async (email: string, more: object = {}) =>
  (await invite(email, more)).as<WireInvitation>();
const act = (id: string, what: string) => backend.call(`${PATH}/${id}/${what}`, { method: "POST" });

async function magicAuth(email: string, invitation_token: string): Promise<Answer> {
  await backend.post("/user_management/magic_auth", { email });
  const code = await server.codeFor(email);
  return backend.authenticate({ grant_type: MAGIC_AUTH_GRANT, email, code, invitation_token });
}

async function membership(email: string): Promise<WireMembership | undefined> {
  const { serverId } = await backend.user(email);
  const listed = await backend.call(
    `/user_management/organization_memberships?user_id=${serverId}`,
  );
  return listed.as<WireList<WireMembership>>().data[0];
}

describe("an invitation", () => {
  test("is mailed with a link, found by id and token, and shown with no field more", async () => {
    const email = "ada@example.com";
    const answer = await invite(email, { role_slug: "admin", expires_in_days: 3 });
    expect(answer.status, answer.text).toBe(201);
    const made = answer.as<WireInvitation>();
    expect(made).toEqual({
      object: "invitation",
      id: expect.stringMatching(/^invitation_/),
      email,
      state: "pending",
      accepted_at: null,
      revoked_at: null,
      expires_at: new Date(Date.parse(made.created_at) + 3 * DAY).toISOString(),
      organization_id: organization.id,
      inviter_user_id: null,
      accepted_user_id: null,
      role_slug: "admin",
      token: expect.stringMatching(/^[A-Za-z0-9_-]{43}$/),
      accept_invitation_url: `https://sessions.example.com/login/invitation?token=${made.token}`,
      created_at: expect.any(String),
      updated_at: made.created_at,
    });
    await server.services.outbox.drain();
    const mail = server.mails.findLast(({ to }) => to === email);
    expect(mail?.text).toContain(made.accept_invitation_url);
    expect(mail?.text).toContain("Engines");
    expect((await backend.call(`${PATH}/${made.id}`)).as<object>()).toEqual(made);
    expect((await backend.call(`${PATH}/by_token/${made.token}`)).as<object>()).toEqual(made);
    const listed = await backend.call(`${PATH}?email=${email}&organization_id=${organization.id}`);
    expect(listed.as<WireList<WireInvitation>>().data).toEqual([made]);
  });

  test("is one at a time for an address, for a member no more, and of a role that there is", async () => {
    const email = "twice@example.com";
    const first = await invited(email);
    expect(told(await invite(email))).toEqual([400, "email_already_invited"]);
    expect((await act(first.id, "revoke")).as<WireInvitation>().state).toBe("revoked");
    expect(told(await act(first.id, "revoke"))).toEqual([400, "invitation_invalid"]);
    expect(told(await act(first.id, "resend"))).toEqual([400, "invitation_invalid"]);
    expect((await invite(email)).status).toBe(201);
    expect(told(await invite("x@example.com", { role_slug: "none" }))).toEqual([
      422,
      "role_not_found",
    ]);
    expect(told(await invite("x@example.com", { organization_id: "org_none" }))).toEqual([
      404,
      "entity_not_found",
    ]);
    expect(told(await invite("x@example.com", { inviter_user_id: "user_none" }))).toEqual([
      404,
      "entity_not_found",
    ]);
  });

  test("is accepted by signing in with it: the session begins in its organization", async () => {
    const email = "grace@example.com";
    const { token, id } = await invited(email, { role_slug: "admin" });
    const answer = await magicAuth(email, token);
    expect(answer.as<AuthenticationAnswer>().organization_id).toBe(organization.id);
    const payload = decodeJwt(answer.as<AuthenticationAnswer>().access_token)?.payload;
    expect(payload).toMatchObject({ org_id: organization.id, role: "admin" });
    const accepted = (await backend.call(`${PATH}/${id}`)).as<WireInvitation>();
    expect(accepted).toMatchObject({
      state: "accepted",
      accepted_user_id: answer.as<AuthenticationAnswer>().user.id,
    });
    expect(told(await invite(email))).toEqual([400, "user_already_organization_member"]);
    // Again by the same person, and by nobody else.
    expect((await magicAuth(email, token)).as<AuthenticationAnswer>().organization_id).toBe(
      organization.id,
    );
    expect(told(await magicAuth("other@example.com", token))).toEqual([
      403,
      "invitation_email_mismatch",
    ]);
  });

  test("that was accepted once brings nobody back who was taken out since", async () => {
    const email = "left@example.com";
    const { token } = await invited(email);
    await magicAuth(email, token);
    const member = await membership(email);
    await backend.call(`/user_management/organization_memberships/${member?.id}`, {
      method: "DELETE",
    });
    const answer = await magicAuth(email, token);
    expect([answer.status, answer.as<AuthenticationAnswer>().organization_id]).toEqual([
      200,
      undefined,
    ]);
    expect(await membership(email)).toBeUndefined();
  });

  test("comes with a code or a password as well, and with the wrong address begins nothing", async () => {
    const email = "hedy@example.com";
    const { token } = await invited(email);
    const exchange = async (who: string) =>
      backend.authenticate({
        grant_type: "authorization_code",
        code: await backend.code({ email: who }),
        invitation_token: token,
      });
    const wrong = await exchange("mallory@example.com");
    expect([wrong.status, wrong.as<{ error: string }>().error]).toEqual([
      403,
      "invitation_email_mismatch",
    ]);
    const user = await backend.user("mallory@example.com");
    const sessions = await backend.call(`/user_management/users/${user.serverId}/sessions`);
    const statuses = sessions.as<WireList<{ status: string }>>().data.map(({ status }) => status);
    expect(statuses).toEqual(["revoked"]);
    const right = await exchange(email);
    expect(right.as<AuthenticationAnswer>().organization_id).toBe(organization.id);

    const second = await invited("mary@example.com");
    const password = "seven green lanterns drift";
    await backend.post("/user_management/users", {
      email: second.email,
      password,
      email_verified: true,
    });
    const byPassword = await backend.authenticate({
      grant_type: "password",
      email: second.email,
      password,
      invitation_token: second.token,
    });
    expect(byPassword.as<AuthenticationAnswer>().organization_id).toBe(organization.id);
  });

  test("is accepted by the app's server for the user who has proven the address", async () => {
    const email = "joan@example.com";
    const { id } = await invited(email);
    expect(told(await act(id, "accept"))).toEqual([404, "entity_not_found"]);
    await backend.user(email);
    expect((await act(id, "accept")).as<WireInvitation>().state).toBe("accepted");
    expect((await membership(email))?.organization_id).toBe(organization.id);
    const unproven = await invited("unproven@example.com");
    await backend.post("/user_management/users", { email: unproven.email });
    expect(told(await act(unproven.id, "accept"))).toEqual([403, "invitation_email_mismatch"]);
  });

  test("runs out, and is given new time by sending it again", async () => {
    const email = "late@example.com";
    const { id, token } = await invited(email);
    clock += 7 * DAY + 1;
    expect((await backend.call(`${PATH}/${id}`)).as<WireInvitation>().state).toBe("expired");
    expect(told(await magicAuth(email, token))).toEqual([400, "invitation_invalid"]);
    const again = (await act(id, "resend")).as<WireInvitation>();
    expect([again.state, again.token]).toEqual(["pending", token]);
    expect((await magicAuth(email, token)).status).toBe(200);
  });

  test("of another app is not there, and takes nobody in there", async () => {
    const other = openAppServer(server, await server.addApp());
    const { id, token } = await invited("alien@example.com");
    for (const path of [`${PATH}/${id}`, `${PATH}/by_token/${token}`]) {
      expect(told(await other.call(path))).toEqual([404, "entity_not_found"]);
    }
    const refused = await other.authenticate({
      grant_type: "authorization_code",
      code: await other.code({ email: "alien@example.com" }),
      invitation_token: token,
    });
    expect([refused.status, refused.as<{ error: string }>().error]).toEqual([
      400,
      "invitation_invalid",
    ]);
  });
});
