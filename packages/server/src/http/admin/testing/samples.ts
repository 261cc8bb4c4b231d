import type { OperationName } from "@latchkey/core/protocol/admin";
import { inviteAdmin } from "../../../admin/invitations.ts";
import { newCuid } from "../../../apps/ids.ts";
import type { AdminClient } from "./admin-client.ts";

/** Whose owner lets others make names below it: an operator decides. */
const SANDBOX = "vercel.app";

const MAIL = { subject: "Your code", text: "It is:\n\n{{code}}", html: null };

interface Sample {
  /** Below /admin/v1. */
  readonly path: string;
  readonly body?: unknown;
  /** A key of an owner. */
  readonly key: string;
  /** Where only a browser can make the call. */
  readonly cookie?: string;
}

/** For each operation, a call that succeeds; asked anew for each use, since some use things up. */
export type Samples = Readonly<Record<OperationName, () => Promise<Sample>>>;

export async function samplesOf(client: AdminClient): Promise<Samples> {
  const { server, call } = client;
  const { services } = server;
  const { body: made } = await call("owner", "POST", "/admin-api-keys", {
    name: "samples",
    role: "owner",
  });
  const key: string = made.secret;
  const appId = server.app.id;
  const app = `/apps/${appId}`;

  const of = (path: string, body?: unknown) => async () => ({ path, body, key });

  async function user(): Promise<string> {
    const id = newCuid();
    await services.store.users.create(appId, [
      {
        ids: { id, serverId: `user_${id}` },
        accounts: [{ type: "email", subject: `${id}@example.com` }],
        customMetadata: null,
      },
    ]);
    return `${app}/users/did:privy:${id}`;
  }

  /** A user who has two ways in. */
  async function userOfTwo(): Promise<{ path: string; subject: string }> {
    const path = await user();
    const subject = newCuid();
    const id = path.split(":").at(-1) ?? "";
    await services.store.users.link(appId, id, { type: "custom_auth", subject }, null);
    return { path, subject };
  }

  async function session(): Promise<string> {
    const email = `${newCuid()}@example.com`;
    const headers = {
      "privy-app-id": appId,
      origin: "https://app.example.com",
      "content-type": "application/json",
    };
    const post = (path: string, body: object) =>
      server.fetch(
        new Request(`https://sessions.example.com/api/v1/passwordless/${path}`, {
          method: "POST",
          headers,
          body: JSON.stringify(body),
        }),
        { ip: null },
      );
    await post("init", { email });
    const answer = await post("authenticate", { email, code: await server.codeFor(email) });
    const { token } = (await answer.json()) as { token: string };
    const claims = JSON.parse(
      atob(token.split(".")[1]?.replace(/-/g, "+").replace(/_/g, "/") ?? ""),
    );
    return `${app}/sessions/${claims.sid}`;
  }

  const invitation = (email: string | null = null) =>
    inviteAdmin(services, { email, role: "editor" });

  async function admin(): Promise<string> {
    const { url } = await invitation(`${newCuid()}@example.com`);
    const token = new URL(url).hash.slice("#token=".length);
    const { body } = await client.send("POST", "/session/invitation", {
      headers: { "content-type": "application/json", "sec-fetch-site": "same-origin" },
      body: JSON.stringify({ token }),
    });
    return `/admins/${body.admin.id}`;
  }

  async function organization(): Promise<string> {
    const { body } = await call("owner", "POST", `${app}/organizations`, { name: "Acme" });
    return `${app}/organizations/${body.id}`;
  }

  async function member(): Promise<string> {
    const path = `${await organization()}/members`;
    const userId = (await user()).split("/").at(-1);
    const { body } = await call("owner", "POST", path, { userId });
    return `${path}/${body.id}`;
  }

  async function provider(): Promise<{ path: string; version: number }> {
    const body = {
      preset: "oidc",
      slug: newCuid(),
      issuer: "https://id.example.com",
      clientId: "latchkey",
      clientSecret: "a secret",
    };
    const made = await call("owner", "POST", `${app}/providers`, body);
    return { path: `${app}/providers/${made.body.id}`, version: made.body.version };
  }

  async function appClient(): Promise<{ path: string; version: number }> {
    const { body } = await call("owner", "POST", `${app}/clients`, { name: "Mobile" });
    return { path: `${app}/clients/${body.id}`, version: body.version };
  }

  /** A code that was mailed to a browser which keeps the cookie that binds it. */
  async function mailedCode() {
    const email = `${newCuid()}@example.com`;
    const { url } = await invitation(email);
    const json = { "content-type": "application/json", "sec-fetch-site": "same-origin" };
    const token = new URL(url).hash.slice("#token=".length);
    await client.send("POST", "/session/invitation", {
      headers: json,
      body: JSON.stringify({ token }),
    });
    const sent = await client.send("POST", "/session/code", {
      headers: json,
      body: JSON.stringify({ email }),
    });
    const cookie = sent.headers.get("set-cookie")?.split(";")[0] ?? "";
    return { email, cookie, code: await server.codeFor(email) };
  }

  const newDomain = (below = "") => `d${newCuid()}${below}.example`;

  /** A domain of an app of its own. */
  async function claimed(suffix?: string): Promise<{ path: string; name: string }> {
    const path = `/apps/${(await server.addApp()).id}/domain`;
    const name = suffix === undefined ? newDomain() : `${newCuid()}.${suffix}`;
    const { body } = await call("owner", "POST", path, { domain: name });
    return { path, name: body.domain };
  }

  async function webhook(): Promise<string> {
    const path = `/apps/${(await server.addApp()).id}/webhooks`;
    const { body } = await call("owner", "POST", path, { url: "https://hooks.example.com/in" });
    return `${path}/${body.webhook.id}`;
  }

  async function webhookDelivery(): Promise<string> {
    const path = await webhook();
    const { body } = await call("owner", "POST", `${path}/test`);
    return `${path}/deliveries/${body.id}`;
  }

  const cookieKey = { key };
  return {
    currentAdmin: of("/session"),
    async redeemInvitation() {
      const { url } = await invitation();
      const token = new URL(url).hash.slice("#token=".length);
      return {
        path: "/session/invitation",
        body: { token, email: `${newCuid()}@example.com` },
        ...cookieKey,
      };
    },
    sendSignInCode: of("/session/code", { email: "somebody@example.com" }),
    async signIn() {
      const { email, code, cookie } = await mailedCode();
      return { path: "/session", body: { email, code }, key, cookie };
    },
    signOut: of("/session"),
    listAdmins: of("/admins"),
    changeAdmin: async () => ({ path: await admin(), body: { role: "viewer" }, key }),
    removeAdmin: async () => ({ path: await admin(), key }),
    listAdminInvitations: of("/admin-invitations"),
    inviteAdmin: of("/admin-invitations", { email: "new@example.com", role: "viewer" }),
    revokeAdminInvitation: async () => ({
      path: `/admin-invitations/${(await invitation()).invitation.id}`,
      key,
    }),
    listAdminApiKeys: of("/admin-api-keys"),
    createAdminApiKey: of("/admin-api-keys", { name: "deploy", role: "editor", days: 30 }),
    async revokeAdminApiKey() {
      const { body } = await call("owner", "POST", "/admin-api-keys", { name: "gone" });
      return { path: `/admin-api-keys/${body.apiKey.id}`, key };
    },
    listApps: of("/apps"),
    createApp: of("/apps", { name: "New app", kind: "production", settings: { guestAuth: true } }),
    getApp: of(app),
    async updateApp() {
      const { body } = await call("viewer", "GET", app);
      return { path: app, body: { version: body.version, settings: { theme: "dark" } }, key };
    },
    rotateAppSecret: of(`${app}/secrets`, { kind: "api_key", overlapHours: 1 }),
    listAppClients: of(`${app}/clients`),
    createAppClient: of(`${app}/clients`, { name: "Web" }),
    async updateAppClient() {
      const { path, version } = await appClient();
      return { path, body: { version, settings: { sessionLifetime: 3600 } }, key };
    },
    deleteAppClient: async () => ({ path: (await appClient()).path, key }),
    listTestAccounts: of(`${app}/test-accounts`),
    enableTestAccount: of(`${app}/test-accounts`),
    disableTestAccounts: of(`${app}/test-accounts`),
    listAllowlist: of(`${app}/allowlist`),
    addToAllowlist: of(`${app}/allowlist`, { value: "example.com" }),
    async removeFromAllowlist() {
      await call("owner", "POST", `${app}/allowlist`, { value: "ada@example.com" });
      return { path: `${app}/allowlist/ada@example.com`, key };
    },
    getAppDomain: of(`${app}/domain`),
    claimDomain: async () => ({
      path: `/apps/${(await server.addApp()).id}/domain`,
      body: { domain: newDomain() },
      key,
    }),
    checkAppDomain: async () => ({ path: `${(await claimed()).path}/check`, key }),
    releaseDomain: async () => ({ path: (await claimed()).path, key }),
    listDomains: of("/domains?approval=pending"),
    approveDomain: async () => ({
      path: `/domains/${(await claimed(SANDBOX)).name}/approval`,
      key,
    }),
    refuseDomain: async () => ({
      path: `/domains/${(await claimed(SANDBOX)).name}/approval`,
      body: { reason: "not a production domain" },
      key,
    }),
    listUsers: async () => {
      await user();
      return { path: `${app}/users?limit=2`, key };
    },
    importUsers: async () => ({
      path: `${app}/users/import`,
      body: {
        users: [
          { email: `${newCuid()}@example.com`, customMetadata: { plan: "pro" } },
          { email: "no address" },
          {},
        ],
      },
      key,
    }),
    getUser: async () => ({ path: await user(), key }),
    disableUser: async () => ({ path: `${await user()}/disable`, key }),
    enableUser: async () => ({ path: `${await user()}/enable`, key }),
    deleteUser: async () => ({ path: await user(), key }),
    setUserMetadata: async () => ({
      path: `${await user()}/metadata`,
      body: { customMetadata: { plan: "pro" } },
      key,
    }),
    listUserPasskeys: async () => ({ path: `${await user()}/passkeys`, key }),
    async unlinkUserAccount() {
      const { path, subject } = await userOfTwo();
      return { path: `${path}/accounts/unlink`, body: { type: "custom_auth", subject }, key };
    },
    impersonateUser: async () => ({
      path: `${await user()}/impersonation`,
      body: {
        reason: "a question",
        as: "op@example.com",
        redirectUri: "https://app.example.com/callback",
      },
      key,
    }),
    listSessions: async () => {
      await session();
      return { path: `${app}/sessions?state=active&method=email`, key };
    },
    getInsight: of(`${app}/insight?range=7d`),
    listUserSessions: async () => ({ path: `${await user()}/sessions`, key }),
    revokeUserSessions: async () => ({ path: `${await user()}/sessions`, key }),
    getSession: async () => ({ path: await session(), key }),
    revokeSession: async () => ({ path: await session(), key }),
    listOrganizations: async () => {
      await organization();
      return { path: `${app}/organizations?limit=1`, key };
    },
    createOrganization: of(`${app}/organizations`, { name: "Acme" }),
    getOrganization: async () => ({ path: await organization(), key }),
    updateOrganization: async () => ({
      path: await organization(),
      body: { name: "Acme Ltd", entitlements: ["audit-logs"], featureFlags: ["beta"] },
      key,
    }),
    deleteOrganization: async () => ({ path: await organization(), key }),
    listMembers: async () => ({ path: (await member()).replace(/\/[^/]*$/, ""), key }),
    addMember: async () => ({
      path: `${await organization()}/members`,
      body: { userId: (await user()).split("/").at(-1), roles: ["admin"] },
      key,
    }),
    changeMember: async () => ({ path: await member(), body: { status: "inactive" }, key }),
    removeMember: async () => ({ path: await member(), key }),
    listOrganizationInvitations: async () => ({ path: `${await organization()}/invitations`, key }),
    inviteMember: async () => ({
      path: `${await organization()}/invitations`,
      body: { email: `${newCuid()}@example.com`, role: "member" },
      key,
    }),
    async revokeMemberInvitation() {
      const path = `${await organization()}/invitations`;
      const { body } = await call("owner", "POST", path, { email: `${newCuid()}@example.com` });
      return { path: `${path}/${body.id}`, key };
    },
    listProviderPresets: of("/provider-presets"),
    listProviders: async () => {
      await provider();
      return { path: `${app}/providers`, key };
    },
    createProvider: of(`${app}/providers`, {
      preset: "google",
      clientId: "1.apps.example.com",
      clientSecret: "a secret",
      scopes: ["https://www.googleapis.com/auth/calendar.readonly"],
    }),
    getProvider: async () => ({ path: (await provider()).path, key }),
    async updateProvider() {
      const { path, version } = await provider();
      return { path, body: { version, name: "Acme", enabled: false, clientSecret: "new" }, key };
    },
    deleteProvider: async () => ({ path: (await provider()).path, key }),
    testProvider: async () => ({ path: `${(await provider()).path}/test`, key }),
    listSigningKeys: of(`${app}/signing-keys`),
    rotateSigningKeys: of(`${app}/signing-keys`, { leaked: true }),
    listWebhooks: async () => ({ path: (await webhook()).replace(/\/[^/]*$/, ""), key }),
    createWebhook: of(`${app}/webhooks`, {
      url: "https://hooks.example.com/in",
      description: "sends a welcome",
      events: ["user.created"],
    }),
    getWebhook: async () => ({ path: await webhook(), key }),
    updateWebhook: async () => ({
      path: await webhook(),
      body: { version: 1, events: ["user.deleted"], enabled: false },
      key,
    }),
    deleteWebhook: async () => ({ path: await webhook(), key }),
    rotateWebhookSecret: async () => ({ path: `${await webhook()}/secret`, body: {}, key }),
    testWebhook: async () => ({ path: `${await webhook()}/test`, key }),
    listWebhookDeliveries: async () => ({
      path: `${(await webhookDelivery()).replace(/\/[^/]*$/, "")}?state=pending`,
      key,
    }),
    getWebhookDelivery: async () => ({ path: await webhookDelivery(), key }),
    resendWebhookDelivery: async () => ({ path: `${await webhookDelivery()}/resend`, key }),
    resendFailedWebhookDeliveries: async () => ({
      path: `${await webhook()}/resend-failed`,
      body: { since: 0 },
      key,
    }),
    listMailTemplates: of(`${app}/mail-templates`),
    updateMailTemplate: async () => {
      const path = `/apps/${(await server.addApp()).id}/mail-templates/code`;
      return { path, body: { ...MAIL, version: 0 }, key };
    },
    resetMailTemplate: of(`${app}/mail-templates/invitation`),
    previewMailTemplate: of(`${app}/mail-templates/code/preview`, MAIL),
    testMailTemplate: async () => {
      const { email: to } = await mailedCode();
      return { path: `${app}/mail-templates/code/test`, body: { ...MAIL, to }, key };
    },
    listAuditEntries: of("/audit-log?limit=5&action=createApp"),
  };
}
