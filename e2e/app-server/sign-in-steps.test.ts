/** What stands between a person and their session, as the vendor's unmodified SDK asks for it. */
import { AuthenticationException, WorkOS } from "@workos-inc/node";
import { decodeJwt } from "jose";
import { afterAll, beforeAll, expect, test } from "vitest";
import { type DevServer, startDevServer } from "../support/dev-server.ts";
import { eventually } from "../support/eventually.ts";
import { type PlainBrowser, plainBrowser } from "./plain-browser.ts";
import { openWorkOS } from "./workos.ts";

const PASSWORD = "seven green lanterns drift";

let server: DevServer;
let workos: WorkOS;
beforeAll(async () => {
  server = await startDevServer();
  workos = openWorkOS(server);
});
afterAll(() => server.stop());

/** What the SDK throws where one thing more is wanted. */
async function refusal(attempt: Promise<unknown>): Promise<AuthenticationException> {
  const error = await attempt.then(
    () => new Error("It was not refused."),
    (thrown: unknown) => thrown,
  );
  if (error instanceof AuthenticationException) return error;
  throw error;
}

/** The link in the newest mail. */
const mailedLink = (to: string): Promise<string> =>
  eventually(async () => {
    const [mail] = await server.mails(to);
    const link = /https?:\S+/.exec(mail?.text ?? "")?.[0];
    if (!link) throw new Error(`No link was mailed to ${to}`);
    return link;
  });

async function page(step: ReturnType<PlainBrowser["open"]>) {
  const shown = await step;
  if ("text" in shown) return shown;
  throw new Error(`Sent on to ${shown.sentTo}`);
}

test("an address is verified by a code, at sign-in and by the app's server", async () => {
  const { userManagement } = workos;
  const email = "ada@example.com";
  await userManagement.createUser({ email, password: PASSWORD });
  const error = await refusal(
    userManagement.authenticateWithPassword({ email, password: PASSWORD }),
  );
  expect([error.status, error.code]).toEqual([403, "email_verification_required"]);
  const { email_verification_id: id } = error.rawData as unknown as Record<string, string>;
  const verification = await userManagement.getEmailVerification(id ?? "");
  expect(verification).toMatchObject({ object: "email_verification", email });
  expect(verification.code).toBe(await server.mailedCode(email));
  const answer = await userManagement.authenticateWithEmailVerification({
    code: verification.code,
    pendingAuthenticationToken: error.pendingAuthenticationToken ?? "",
  });
  expect(answer).toMatchObject({
    user: { email, emailVerified: true },
    authenticationMethod: "Password",
  });

  const other = await userManagement.createUser({ email: "grace@example.com", password: PASSWORD });
  await userManagement.sendVerificationEmail({ userId: other.id });
  const { user } = await userManagement.verifyEmail({
    userId: other.id,
    code: await server.mailedCode("grace@example.com"),
  });
  expect(user).toMatchObject({ id: other.id, emailVerified: true });
  const signedIn = await userManagement.authenticateWithPassword({
    email: "grace@example.com",
    password: PASSWORD,
  });
  expect(signedIn.user.id).toBe(other.id);
});

test("a password is reset by the token, and by the page that the mail links to", async () => {
  const { userManagement } = workos;
  const email = "hedy@example.com";
  await userManagement.createUser({ email, password: PASSWORD, emailVerified: true });
  const reset = await userManagement.createPasswordReset({ email });
  expect(await userManagement.getPasswordReset(reset.id)).toEqual(reset);
  const { user } = await userManagement.resetPassword({
    token: reset.passwordResetToken,
    newPassword: "eleven quiet harbours in fog",
  });
  expect(user.email).toBe(email);
  const again = await userManagement.createPasswordReset({ email });
  const link = await mailedLink(email);
  expect(link).toBe(again.passwordResetUrl);
  const browser = plainBrowser(new URL(link).origin);
  const form = await page(browser.open(link));
  const password = "nine amber bicycles at dawn";
  const done = await page(browser.submit(form, { password }));
  expect(done.text).toContain("Your password is set");
  const signedIn = await userManagement.authenticateWithPassword({ email, password });
  expect(signedIn.user.id).toBe(user.id);
});

test("an invitation is sent, listed, accepted on its page and by signing in, revoked and sent again", async () => {
  const { userManagement, organizations } = workos;
  const organization = await organizations.createOrganization({ name: "Engines" });
  const email = "mary@example.com";
  const invitation = await userManagement.sendInvitation({
    email,
    organizationId: organization.id,
    roleSlug: "admin",
    expiresInDays: 2,
  });
  expect(invitation).toMatchObject({ object: "invitation", state: "pending", roleSlug: "admin" });
  expect(await userManagement.getInvitation(invitation.id)).toEqual(invitation);
  expect(await userManagement.findInvitationByToken(invitation.token)).toEqual(invitation);
  const { data } = await userManagement.listInvitations({ organizationId: organization.id });
  expect(data).toEqual([invitation]);
  const link = await mailedLink(email);
  expect(link).toBe(invitation.acceptInvitationUrl);
  const browser = plainBrowser(new URL(link).origin);
  const login = await page(browser.submit(await page(browser.open(link)), {}));
  const asked = await page(browser.submit(login, { email }));
  const joined = await page(browser.submit(asked, { code: await server.mailedCode(email, 2) }));
  expect(joined.text).toContain("You have joined Engines");
  const accepted = await userManagement.getInvitation(invitation.id);
  expect(accepted).toMatchObject({ state: "accepted", acceptedUserId: expect.any(String) });

  const second = await userManagement.sendInvitation({
    email: "joan@example.com",
    organizationId: organization.id,
  });
  await userManagement.createMagicAuth({ email: second.email });
  const answer = await userManagement.authenticateWithMagicAuth({
    email: second.email,
    code: await server.mailedCode(second.email, 2),
    invitationToken: second.token,
  });
  expect(answer.organizationId).toBe(organization.id);
  expect(decodeJwt(answer.accessToken)).toMatchObject({ org_id: organization.id, role: "member" });

  const third = await userManagement.sendInvitation({ email: "vera@example.com" });
  expect((await userManagement.resendInvitation(third.id)).id).toBe(third.id);
  expect((await userManagement.revokeInvitation(third.id)).state).toBe("revoked");
  const user = await userManagement.createUser({ email: "lise@example.com", emailVerified: true });
  const fourth = await userManagement.sendInvitation({
    email: user.email,
    organizationId: organization.id,
  });
  expect(await userManagement.acceptInvitation(fourth.id)).toMatchObject({
    state: "accepted",
    acceptedUserId: user.id,
  });
});

test("who belongs to several organizations chooses one; roles and flags are listed", async () => {
  const settings = ["passwordAuth=true", "organizationSelection=true"];
  const printed = await server.latchkey(
    ...["apps", "create", "Choices", "--development"],
    ...settings.flatMap((setting) => ["--set", setting]),
  );
  const [, appId = ""] = /App id +(\S+)/.exec(printed) ?? [];
  const [, clientId = ""] = /Client id +(\S+)/.exec(printed) ?? [];
  const [, apiKey = ""] = /API key +(\S+)/.exec(printed) ?? [];
  const { hostname, port } = new URL(server.url);
  const { userManagement, organizations, authorization, featureFlags } = new WorkOS({
    apiKey,
    clientId,
    apiHostname: hostname,
    port: Number(port),
    https: false,
  });
  const email = "emmy@example.com";
  const user = await userManagement.createUser({ email, password: PASSWORD, emailVerified: true });
  const ids: string[] = [];
  for (const name of ["First", "Second"]) {
    const { id } = await organizations.createOrganization({ name });
    await userManagement.createOrganizationMembership({ organizationId: id, userId: user.id });
    ids.push(id);
  }
  const error = await refusal(
    userManagement.authenticateWithPassword({ email, password: PASSWORD }),
  );
  expect(error.code).toBe("organization_selection_required");
  expect(error.rawData.organizations?.map(({ name }) => name)).toEqual(["First", "Second"]);
  const answer = await userManagement.authenticateWithOrganizationSelection({
    organizationId: ids[1] ?? "",
    pendingAuthenticationToken: error.pendingAuthenticationToken ?? "",
  });
  expect(answer.organizationId).toBe(ids[1]);
  const roles = await authorization.listOrganizationRoles(ids[0] ?? "");
  expect(roles.data.map(({ slug }) => slug)).toEqual(["member", "admin"]);
  await server.latchkey("organizations", "update", appId, ids[0] ?? "", "--feature-flags", "beta");
  const flags = await featureFlags.listOrganizationFeatureFlags({ organizationId: ids[0] ?? "" });
  expect(flags.data).toMatchObject([{ slug: "beta", enabled: true }]);
  const client = featureFlags.createRuntimeClient();
  await client.waitUntilReady();
  expect(client.isEnabled("beta", { organizationId: ids[0] ?? "" })).toBe(true);
  expect(client.isEnabled("beta", { organizationId: ids[1] ?? "" })).toBe(false);
  client.close();
});

test("a device without a browser is signed in by its code, and refreshes by itself (RFC 8628)", async () => {
  const { client_id } = server.credentials;
  const post = async (path: string, fields: Record<string, string>) => {
    const body = new URLSearchParams({ client_id, ...fields });
    const answer = await fetch(`${server.url}${path}`, { method: "POST", body });
    return { status: answer.status, body: (await answer.json()) as Record<string, string> };
  };
  const { body: device } = await post("/user_management/authorize/device", {});
  const poll = () =>
    post("/user_management/authenticate", {
      grant_type: "urn:ietf:params:oauth:grant-type:device_code",
      device_code: device.device_code ?? "",
    });
  expect((await poll()).body.error).toBe("authorization_pending");
  const link = device.verification_uri_complete ?? "";
  const browser = plainBrowser(new URL(link).origin);
  const email = "rosalind@example.com";
  const code = await page(browser.open(link));
  const login = await page(browser.submit(code, { user_code: device.user_code ?? "" }));
  const asked = await page(browser.submit(login, { email }));
  const decide = await page(browser.submit(asked, { code: await server.mailedCode(email) }));
  const done = await page(browser.submit(decide, { decision: "allow" }));
  expect(done.text).toContain("Your device is signed in");
  const { status, body } = await poll();
  expect([status, (body.user as unknown as { email: string }).email]).toEqual([200, email]);
  const refreshed = await post("/user_management/authenticate", {
    grant_type: "refresh_token",
    refresh_token: body.refresh_token ?? "",
  });
  expect(refreshed.status).toBe(200);
});
