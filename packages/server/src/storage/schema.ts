/**
 * The tables, as Kysely types. Times are milliseconds since the epoch, flags 0 or 1, hashes and
 * sealed values base64url, documents JSON text, so that one schema serves both databases.
 */
import type { ColumnType } from "kysely";
import type { CertificateTables } from "./certificate-tables.ts";
import type { DomainTables } from "./domain-tables.ts";
import type { InsightTables } from "./insight-tables.ts";
import type { MailTemplateTables } from "./mail-template-tables.ts";
import type { ManagementTables } from "./management-tables.ts";
import type { PasskeyTables } from "./passkey-tables.ts";
import type { ProviderStepTables } from "./provider-step-tables.ts";
import type { ProviderTables } from "./provider-tables.ts";
import type { WebhookTables } from "./webhook-tables.ts";

export interface MetaTable {
  key: string;
  value: string;
}

export interface AppTable {
  id: string;
  client_id: string;
  name: string;
  /** development or production */
  kind: string;
  settings: string;
  created_at: number;
  updated_at: number;
}

export interface AppSecretTable {
  id: string;
  app_id: string;
  /** app_secret or api_key */
  kind: string;
  hash: string;
  created_at: number;
  expires_at: number | null;
}

export interface AppClientTable {
  id: string;
  app_id: string;
  name: string;
  settings: string;
  created_at: number;
  updated_at: number;
}

export interface UserTable {
  /** did:privy:… without the prefix */
  id: string;
  /** user_…, the same person in the app-server protocol */
  server_id: string;
  app_id: string;
  is_guest: number;
  accepted_terms_at: number | null;
  custom_metadata: string | null;
  disabled_at: number | null;
  created_at: number;
  last_sign_in_at: number | null;
  first_name: ColumnType<string | null, string | null | undefined>;
  last_name: ColumnType<string | null, string | null | undefined>;
  profile_picture_url: ColumnType<string | null, string | null | undefined>;
  /** The app's own name of the user, unique in the app */
  external_id: ColumnType<string | null, string | null | undefined>;
  /** The app-server protocol's, a document of texts; custom_metadata is the browser protocol's */
  metadata: ColumnType<string | null, string | null | undefined>;
  locale: ColumnType<string | null, string | null | undefined>;
  /** When the profile changed last; null: never */
  updated_at: ColumnType<number | null, number | null | undefined>;
}

export interface AccountTable {
  id: string;
  user_id: string;
  app_id: string;
  type: string;
  /** What identifies the account within its type: normalised address, external subject, key hash. */
  subject: string;
  data: string;
  verified_at: number;
  first_verified_at: number;
  latest_verified_at: number;
  /** 1 until the account is proven; null: it is */
  unverified: ColumnType<number | null, number | null | undefined>;
}

export interface SessionTable {
  id: string;
  /** browser or app_server */
  protocol: string;
  app_id: string;
  client_id: string | null;
  /** body or cookie */
  delivery: string;
  user_id: string;
  token_hash: string;
  kid: string;
  generation: number;
  moved_at: number;
  late_generation: number | null;
  last_outcome: string;
  created_at: number;
  absolute_expires_at: number;
  idle_expires_at: number;
  idle_ms: number;
  ended_at: number | null;
  end_reason: string | null;
  auth_method: string;
  authenticated_at: number;
  user_agent: string | null;
  ip: string | null;
  impersonator: string | null;
  organization_id: string | null;
}

export interface SessionEventTable {
  id: string;
  session_id: string;
  app_id: string;
  user_id: string;
  type: string;
  data: string | null;
  at: number;
}

export interface CodeTable {
  id: string;
  app_id: string;
  /** HMAC of the normalised address */
  address_hash: string;
  /** HMAC of what asked for the code */
  binding: string;
  /** HMAC of the pre-login cookie, when the requester already held one */
  cookie_binding: string | null;
  code_hash: string;
  attempts: number;
  created_at: number;
  expires_at: number;
  used_at: number | null;
}

export interface ReplayTable {
  /** HMAC of the Idempotency-Key in its scope */
  id: string;
  request_hash: string;
  sealed_answer: string;
  expires_at: number;
}

export interface LimitTable {
  id: string;
  used: number;
  resets_at: number;
}

export interface SigningKeyTable {
  kid: string;
  app_id: string;
  /** browser or app_server */
  protocol: string;
  alg: string;
  public_jwk: string;
  sealed_private_jwk: string;
  created_at: number;
  /** From when it signs; before, it is only published */
  active_at: number;
  /** From when it is no longer published; null while current or next */
  retired_at: number | null;
}

export interface TokenKeyTable {
  kid: string;
  salt: string;
  created_at: number;
  active_at: number;
  retired_at: number | null;
}

export interface TestAccountTable {
  id: string;
  app_id: string;
  email: string;
  sealed_code: string;
  created_at: number;
  updated_at: number;
}

export interface AllowlistTable {
  id: string;
  app_id: string;
  /** email, email_domain */
  type: string;
  value: string;
  created_at: number;
}

export interface AuthorizationCodeTable {
  /** HMAC of the code */
  id: string;
  app_id: string;
  user_id: string;
  redirect_uri: string;
  /** PKCE S256; null: the client must have authenticated */
  code_challenge: string | null;
  auth_method: string;
  authenticated_at: number;
  organization_id: string | null;
  impersonator: string | null;
  created_at: number;
  expires_at: number;
  used_at: number | null;
  /** What the code began, so that its second use can revoke it */
  session_id: string | null;
  /** The provider's tokens, where the app is handed them */
  sealed_oauth_tokens: ColumnType<string | null, string | null | undefined>;
}

export interface SignInTable {
  /** HMAC of the cookie's value */
  id: string;
  app_id: string;
  user_id: string;
  account_type: string;
  account_subject: string;
  auth_method: string;
  authenticated_at: number;
  created_at: number;
  expires_at: number;
}

export interface PasswordTable {
  user_id: string;
  /** PHC string, such as $argon2id$… */
  hash: string;
  updated_at: number;
}

export interface OrganizationTable {
  id: string;
  app_id: string;
  name: string;
  external_id: string | null;
  metadata: string | null;
  /** JSON arrays of texts, claims of its members' tokens */
  entitlements: string;
  feature_flags: string;
  created_at: number;
  updated_at: number;
}

export interface OrganizationMembershipTable {
  id: string;
  app_id: string;
  organization_id: string;
  user_id: string;
  /** JSON array of role slugs */
  roles: string;
  /** active or inactive */
  status: string;
  created_at: number;
  updated_at: number;
}

export interface DeviceGrantTable {
  /** HMAC of the device code */
  id: string;
  app_id: string;
  /** HMAC of the code that a person types */
  user_code: string;
  /** pending, approved, denied or spent */
  status: string;
  user_id: string | null;
  auth_method: string | null;
  authenticated_at: number | null;
  /** Of the device that asks */
  user_agent: string | null;
  ip: string | null;
  interval_ms: number;
  polled_at: number | null;
  created_at: number;
  expires_at: number;
}

export interface PendingSignInTable {
  /** HMAC of the pending authentication token */
  id: string;
  app_id: string;
  user_id: string;
  /** email_verification or organization_selection */
  waits_for: string;
  email: string;
  auth_method: string;
  authenticated_at: number;
  created_at: number;
  expires_at: number;
  used_at: number | null;
}

export interface MailedCodeTable {
  id: string;
  app_id: string;
  user_id: string;
  /** magic_auth or email_verification */
  kind: string;
  email: string;
  sealed_code: string;
  created_at: number;
  expires_at: number;
}

export interface PasswordResetTable {
  id: string;
  app_id: string;
  user_id: string;
  email: string;
  /** HMAC of the token */
  token_hash: string;
  sealed_token: string;
  created_at: number;
  expires_at: number;
  used_at: number | null;
}

export interface InvitationTable {
  id: string;
  app_id: string;
  email: string;
  organization_id: string | null;
  /** Slug, of an invitation to an organization */
  role: string | null;
  /** user_… of who invites */
  inviter_user_id: string | null;
  /** HMAC of the token */
  token_hash: string;
  sealed_token: string;
  created_at: number;
  updated_at: number;
  expires_at: number;
  accepted_at: number | null;
  /** user_… */
  accepted_user_id: string | null;
  revoked_at: number | null;
}

export interface Schema
  extends DomainTables,
    CertificateTables,
    InsightTables,
    ManagementTables,
    PasskeyTables,
    ProviderStepTables,
    ProviderTables,
    WebhookTables,
    MailTemplateTables {
  meta: MetaTable;
  apps: AppTable;
  app_secrets: AppSecretTable;
  app_clients: AppClientTable;
  users: UserTable;
  accounts: AccountTable;
  sessions: SessionTable;
  session_events: SessionEventTable;
  codes: CodeTable;
  replays: ReplayTable;
  limits: LimitTable;
  signing_keys: SigningKeyTable;
  token_keys: TokenKeyTable;
  test_accounts: TestAccountTable;
  allowlist: AllowlistTable;
  authorization_codes: AuthorizationCodeTable;
  sign_ins: SignInTable;
  passwords: PasswordTable;
  organizations: OrganizationTable;
  organization_memberships: OrganizationMembershipTable;
  device_grants: DeviceGrantTable;
  pending_sign_ins: PendingSignInTable;
  mailed_codes: MailedCodeTable;
  password_resets: PasswordResetTable;
  invitations: InvitationTable;
}
