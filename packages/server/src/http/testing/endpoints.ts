/** Every endpoint of the browser protocol, with a body that is good in form. */
export interface Endpoint {
  readonly method: "GET" | "POST" | "DELETE";
  readonly path: string;
  /** Who calls: anyone, a page of the app, a page with a signed-in user, or the app's own server. */
  readonly caller: "anyone" | "page" | "user" | "app_server";
  readonly body?: object;
}

const EMAIL = "ada@example.com";
const CODE = "123456";
const USER = "did:privy:c00000000000000000000000a";

/** `:app` stands for the app's id. */
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
