/** An endpoint, with a body that is good in form. */
export interface Endpoint {
  readonly method: "GET" | "POST" | "PUT" | "DELETE";
  readonly path: string;
  /**
   * Who calls: anyone, a page of the app, a page with a signed-in user, the app's own server by
   * its secret, or by its API key.
   */
  readonly caller: "anyone" | "page" | "user" | "app_server" | "api_key";
  readonly body?: object;
}

const EMAIL = "ada@example.com";
const CODE = "123456";
const USER = "did:privy:c00000000000000000000000a";

const CLIENT_DATA = btoa(
  '{"type":"webauthn.get","challenge":"AAAA","origin":"https://a.example"}',
).replace(/=+$/, "");
const PASSKEY = { id: "AAAA", raw_id: "AAAA", type: "public-key" };
const PASSKEY_USED = {
  challenge: "AAAA",
  authenticator_response: {
    ...PASSKEY,
    response: { client_data_json: CLIENT_DATA, authenticator_data: "AAAA", signature: "AAAA" },
  },
};
const PASSKEY_MADE = {
  authenticator_response: {
    ...PASSKEY,
    response: { client_data_json: CLIENT_DATA, attestation_object: "AAAA" },
  },
};

/** Of the browser protocol, without its prefix. `:app` stands for the app's id. */
export const ENDPOINTS: readonly Endpoint[] = [
  { method: "GET", path: "/apps/:app", caller: "anyone" },
  { method: "GET", path: "/apps/:app/jwks.json", caller: "anyone" },
  { method: "POST", path: "/passwordless/init", caller: "page", body: { email: EMAIL } },
  {
    method: "POST",
    path: "/passwordless/authenticate",
    caller: "page",
    body: { email: EMAIL, code: CODE },
  },
  {
    method: "POST",
    path: "/passwordless/link",
    caller: "user",
    body: { email: EMAIL, code: CODE },
  },
  {
    method: "POST",
    path: "/passwordless/update",
    caller: "user",
    body: { oldAddress: EMAIL, newAddress: "ada@example.org", code: CODE },
  },
  { method: "POST", path: "/passwordless/unlink", caller: "user", body: { address: EMAIL } },
  {
    method: "POST",
    path: "/guest/authenticate",
    caller: "page",
    body: { guest_credential: "A".repeat(43) },
  },
  {
    method: "POST",
    path: "/custom_jwt_account/authenticate",
    caller: "page",
    body: { token: "a.b.c" },
  },
  { method: "POST", path: "/custom_jwt_account/link", caller: "user", body: { token: "a.b.c" } },
  { method: "POST", path: "/passkeys/authenticate/init", caller: "page", body: {} },
  { method: "POST", path: "/passkeys/register/init", caller: "page", body: {} },
  { method: "POST", path: "/passkeys/link/init", caller: "user", body: {} },
  { method: "POST", path: "/passkeys/authenticate", caller: "page", body: PASSKEY_USED },
  { method: "POST", path: "/passkeys/register", caller: "page", body: PASSKEY_MADE },
  { method: "POST", path: "/passkeys/link", caller: "user", body: PASSKEY_MADE },
  { method: "POST", path: "/passkeys/unlink", caller: "user", body: { credential_id: "AAAA" } },
  {
    method: "POST",
    path: "/oauth/init",
    caller: "page",
    body: {
      provider: "google",
      redirect_to: "https://app.example.com/",
      code_challenge: "A".repeat(43),
      state_code: "B".repeat(48),
    },
  },
  { method: "GET", path: "/oauth/callback", caller: "anyone" },
  { method: "POST", path: "/oauth/callback", caller: "anyone" },
  { method: "GET", path: "/oauth/callback/conn_x", caller: "anyone" },
  { method: "POST", path: "/oauth/callback/conn_x", caller: "anyone" },
  {
    method: "POST",
    path: "/oauth/authenticate",
    caller: "page",
    body: {
      authorization_code: "A".repeat(43),
      state_code: "B".repeat(48),
      code_verifier: "C".repeat(48),
    },
  },
  {
    method: "POST",
    path: "/oauth/link",
    caller: "user",
    body: {
      authorization_code: "A".repeat(43),
      state_code: "B".repeat(48),
      code_verifier: "C".repeat(48),
    },
  },
  { method: "POST", path: "/oauth/transfer", caller: "user", body: { nonce: "A".repeat(43) } },
  {
    method: "POST",
    path: "/oauth/unlink",
    caller: "user",
    body: { provider: "google", subject: "1" },
  },
  { method: "POST", path: "/sessions", caller: "page", body: { refresh_token: "none" } },
  { method: "POST", path: "/sessions/logout", caller: "page", body: { refresh_token: "none" } },
  { method: "GET", path: "/users/me", caller: "user" },
  { method: "POST", path: "/users/me/accept_terms", caller: "user" },
  { method: "POST", path: "/analytics_events", caller: "page", body: { event_name: "x" } },
  { method: "GET", path: "/users", caller: "app_server" },
  {
    method: "POST",
    path: "/users",
    caller: "app_server",
    body: { linked_accounts: [{ type: "email", address: "bob@example.com" }] },
  },
  {
    method: "POST",
    path: "/users/import",
    caller: "app_server",
    body: { users: [{ linked_accounts: [{ type: "custom_auth", custom_user_id: "7" }] }] },
  },
  { method: "POST", path: "/users/search", caller: "app_server", body: { searchTerm: "ada" } },
  { method: "POST", path: "/users/email/address", caller: "app_server", body: { address: EMAIL } },
  {
    method: "POST",
    path: "/users/custom_auth/id",
    caller: "app_server",
    body: { custom_user_id: "7" },
  },
  { method: "GET", path: `/users/${USER}`, caller: "app_server" },
  { method: "DELETE", path: `/users/${USER}`, caller: "app_server" },
  {
    method: "POST",
    path: `/users/${USER}/custom_metadata`,
    caller: "app_server",
    body: { custom_metadata: { plan: "pro" } },
  },
  {
    method: "POST",
    path: `/users/${USER}/accounts/unlink`,
    caller: "app_server",
    body: { type: "email", handle: EMAIL },
  },
  { method: "GET", path: "/apps/:app/allowlist", caller: "app_server" },
  {
    method: "POST",
    path: "/apps/:app/allowlist",
    caller: "app_server",
    body: { type: "email", value: EMAIL },
  },
  {
    method: "DELETE",
    path: "/apps/:app/allowlist",
    caller: "app_server",
    body: { type: "email", value: EMAIL },
  },
  { method: "GET", path: "/apps/:app/test_credentials", caller: "app_server" },
  { method: "GET", path: "/apps/:app/test_accounts", caller: "app_server" },
];

const SERVER_USER = "user_00000000000000000000000000";
const ORGANIZATION = "org_00000000000000000000000000";
const MEMBERSHIP = "om_00000000000000000000000000";
const MEMBERSHIPS = "/user_management/organization_memberships";
const INVITATIONS = "/user_management/invitations";
const INVITATION = "invitation_c00000000000000000000000a";
const TOKEN = "A".repeat(43);

const byKey = (method: Endpoint["method"], path: string, body?: object): Endpoint => ({
  method,
  path,
  caller: "api_key",
  ...(body && { body }),
});

/** Of the app-server protocol, and the hosted sign-in's. `:client` stands for the client id. */
export const APP_SERVER_ENDPOINTS: readonly Endpoint[] = [
  { method: "GET", path: "/sso/jwks/:client", caller: "anyone" },
  ...[
    { grant_type: "authorization_code", code: "code", code_verifier: "v", redirect_uri: "u" },
    { grant_type: "refresh_token", refresh_token: "none", organization_id: ORGANIZATION },
    {
      grant_type: "urn:workos:oauth:grant-type:magic-auth:code",
      email: EMAIL,
      code: CODE,
      ip_address: "203.0.113.7",
      user_agent: "Browser",
    },
    { grant_type: "password", email: EMAIL, password: "x", invitation_token: TOKEN },
    {
      grant_type: "urn:workos:oauth:grant-type:email-verification:code",
      pending_authentication_token: TOKEN,
      code: CODE,
    },
    {
      grant_type: "urn:workos:oauth:grant-type:organization-selection",
      pending_authentication_token: TOKEN,
      organization_id: ORGANIZATION,
    },
    { grant_type: "urn:ietf:params:oauth:grant-type:device_code", device_code: TOKEN },
  ].map(
    (body): Endpoint => ({
      method: "POST",
      path: "/user_management/authenticate",
      caller: "anyone",
      body: { client_id: ":client", client_secret: ":key", ...body },
    }),
  ),
  {
    method: "GET",
    path: "/user_management/authorize?client_id=:client&redirect_uri=x&response_type=code",
    caller: "anyone",
  },
  { method: "GET", path: "/user_management/sessions/logout?session_id=x", caller: "anyone" },
  { method: "GET", path: "/session/refresh?redirect_uri=x&client_id=y", caller: "anyone" },
  { method: "GET", path: "/login?request=x", caller: "anyone" },
  { method: "POST", path: "/login", caller: "anyone", body: { request: "x", code: CODE } },
  {
    method: "POST",
    path: "/user_management/authorize/device",
    caller: "anyone",
    body: { client_id: ":client" },
  },
  { method: "GET", path: "/login/account?client_id=x", caller: "anyone" },
  {
    method: "POST",
    path: "/login/account",
    caller: "anyone",
    body: { client_id: "x", action: "end-all" },
  },
  { method: "GET", path: "/login/account/provider?client_id=x&connection=y", caller: "anyone" },
  {
    method: "GET",
    path: "/login/account/provider/return?client_id=x&provider_code=y",
    caller: "anyone",
  },
  {
    method: "POST",
    path: "/login/account/passkeys/options",
    caller: "anyone",
    body: { client_id: "x" },
  },
  { method: "GET", path: "/login/account.js", caller: "anyone" },
  { method: "GET", path: "/login/device?user_code=WDJB-MJHT", caller: "anyone" },
  { method: "GET", path: "/login/device?decide=x", caller: "anyone" },
  { method: "POST", path: "/login/device", caller: "anyone", body: { user_code: "WDJB-MJHT" } },
  { method: "GET", path: `/login/invitation?token=${TOKEN}`, caller: "anyone" },
  { method: "POST", path: "/login/invitation", caller: "anyone", body: { token: TOKEN } },
  { method: "GET", path: "/login/organization?choose=x", caller: "anyone" },
  { method: "POST", path: "/login/organization", caller: "anyone", body: { choose: "x" } },
  { method: "GET", path: "/login/provider?request=x&connection=y", caller: "anyone" },
  { method: "GET", path: "/login/provider/return?request=x&provider_code=y", caller: "anyone" },
  { method: "GET", path: `/login/reset-password?token=${TOKEN}`, caller: "anyone" },
  { method: "POST", path: "/login/reset-password", caller: "anyone", body: { token: TOKEN } },
  byKey("POST", "/user_management/magic_auth", { email: EMAIL }),
  byKey("GET", "/user_management/magic_auth/magic_auth_x"),
  byKey("GET", "/user_management/email_verification/email_verification_x"),
  byKey("POST", `/user_management/users/${SERVER_USER}/email_verification/send`, {}),
  byKey("POST", `/user_management/users/${SERVER_USER}/email_verification/confirm`, { code: CODE }),
  byKey("POST", "/user_management/password_reset", { email: EMAIL }),
  byKey("GET", "/user_management/password_reset/password_reset_x"),
  byKey("POST", "/user_management/password_reset/confirm", { token: TOKEN, new_password: "x" }),
  byKey("GET", `${INVITATIONS}?email=${EMAIL}&limit=2`),
  byKey("POST", INVITATIONS, {
    email: EMAIL,
    organization_id: ORGANIZATION,
    expires_in_days: 3,
    inviter_user_id: SERVER_USER,
    role_slug: "member",
  }),
  byKey("GET", `${INVITATIONS}/${INVITATION}`),
  byKey("GET", `${INVITATIONS}/by_token/${TOKEN}`),
  byKey("POST", `${INVITATIONS}/${INVITATION}/accept`),
  byKey("POST", `${INVITATIONS}/${INVITATION}/revoke`),
  byKey("POST", `${INVITATIONS}/${INVITATION}/resend`),
  byKey("GET", `/authorization/organizations/${ORGANIZATION}/roles`),
  byKey("GET", `/organizations/${ORGANIZATION}/feature-flags?limit=2`),
  byKey("GET", "/sdk/feature-flags"),
  byKey("POST", "/api_keys/validations", { value: "sk_x" }),
  byKey("GET", "/user_management/users?limit=2&order=asc"),
  byKey("POST", "/user_management/users", {
    email: EMAIL,
    email_verified: true,
    first_name: "Ada",
    name: "Ada Lovelace",
    external_id: "7",
    locale: "en",
    metadata: { plan: "pro" },
  }),
  byKey("GET", `/user_management/users/${SERVER_USER}`),
  byKey("GET", "/user_management/users/external_id/7"),
  byKey("PUT", `/user_management/users/${SERVER_USER}`, {
    first_name: "Ada",
    metadata: { a: null },
  }),
  byKey("DELETE", `/user_management/users/${SERVER_USER}`),
  byKey("GET", `/user_management/users/${SERVER_USER}/sessions?limit=2`),
  byKey("POST", "/user_management/sessions/revoke", { session_id: "x" }),
  byKey("GET", "/organizations?order=desc"),
  byKey("POST", "/organizations", { name: "Acme", external_id: "o7", metadata: { tier: "1" } }),
  byKey("GET", `/organizations/${ORGANIZATION}`),
  byKey("GET", "/organizations/external_id/o7"),
  byKey("PUT", `/organizations/${ORGANIZATION}`, { name: "Acme", metadata: { tier: null } }),
  byKey("DELETE", `/organizations/${ORGANIZATION}`),
  byKey("GET", `${MEMBERSHIPS}?user_id=${SERVER_USER}&statuses=active`),
  byKey("POST", MEMBERSHIPS, {
    user_id: SERVER_USER,
    organization_id: ORGANIZATION,
    role_slugs: ["member"],
  }),
  byKey("GET", `${MEMBERSHIPS}/${MEMBERSHIP}`),
  byKey("PUT", `${MEMBERSHIPS}/${MEMBERSHIP}`, { role_slug: "admin" }),
  byKey("PUT", `${MEMBERSHIPS}/${MEMBERSHIP}/deactivate`),
  byKey("PUT", `${MEMBERSHIPS}/${MEMBERSHIP}/reactivate`),
  byKey("DELETE", `${MEMBERSHIPS}/${MEMBERSHIP}`),
];

const DOMAINS = "/latchkey/v1/domains";

/** What neither protocol has, at the root. */
export const OWN_ENDPOINTS: readonly Endpoint[] = [
  { method: "GET", path: DOMAINS, caller: "app_server" },
  { method: "POST", path: DOMAINS, caller: "app_server", body: { domain: "example.com" } },
  { method: "GET", path: `${DOMAINS}/example.com`, caller: "app_server" },
  { method: "POST", path: `${DOMAINS}/example.com/check`, caller: "app_server" },
  { method: "DELETE", path: `${DOMAINS}/example.com`, caller: "app_server" },
  { method: "GET", path: "/latchkey/v1/session", caller: "user" },
];
