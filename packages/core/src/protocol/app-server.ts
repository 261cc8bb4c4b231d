/**
 * What the app-server protocol answers. Clients seal whole answers into a cookie, so no answer
 * carries a field that is not here. Times are ISO 8601 in UTC.
 */

export interface AppServerUser {
  object: "user";
  /** `user_…` */
  id: string;
  email: string;
  email_verified: boolean;
  first_name: string | null;
  last_name: string | null;
  name: string | null;
  profile_picture_url: string | null;
  last_sign_in_at: string | null;
  locale: string | null;
  external_id: string | null;
  metadata: Record<string, string>;
  created_at: string;
  updated_at: string;
}

export interface WireImpersonator {
  email: string;
  reason: string | null;
}

export type AuthenticationMethod =
  | "MagicAuth"
  | "Passkey"
  | "Password"
  | "Impersonation"
  | "ExternalAuth"
  | "SSO"
  | "AppleOAuth"
  | "DiscordOAuth"
  | "GitHubOAuth"
  | "GoogleOAuth"
  | "LinkedInOAuth"
  | "MicrosoftOAuth"
  | "XOAuth";

/** What a provider handed out for its own API. */
export interface OAuthTokens {
  provider: AuthenticationMethod;
  access_token: string;
  /** Empty when there is none. */
  refresh_token: string;
  /** Seconds since the epoch; 0 when the provider did not say. */
  expires_at: number;
  scopes: string[];
}

/** Answer to every grant of POST /user_management/authenticate. */
export interface AuthenticationAnswer {
  user: AppServerUser;
  organization_id?: string;
  access_token: string;
  refresh_token: string;
  authentication_method: AuthenticationMethod;
  impersonator?: WireImpersonator;
  /** Of a sign-in at a provider whose tokens the app is handed. */
  oauth_tokens?: OAuthTokens;
}

/** Where a cookie of the server's own host holds the refresh token. */
export type CookieHeldAnswer = Omit<AuthenticationAnswer, "refresh_token">;

/** Answer to POST /user_management/authorize/device (RFC 8628 section 3.2); times in seconds. */
export interface DeviceAuthorization {
  device_code: string;
  user_code: string;
  verification_uri: string;
  verification_uri_complete: string;
  expires_in: number;
  interval: number;
}

/** RFC 6749 section 5.2, of POST /user_management/authenticate. */
export interface OAuthErrorBody {
  error: string;
  error_description: string;
}

/** Of every other path. */
export interface AppServerErrorBody {
  code: string;
  message: string;
}

/** The one error of a refresh on which a client may clear its session (session rule R5). */
export const TERMINAL_GRANT_ERROR = "invalid_grant";

export type SessionAuthMethod =
  | "external_auth"
  | "impersonation"
  | "magic_code"
  | "oauth"
  | "passkey"
  | "password"
  | "sso"
  | "unknown";

export interface AppServerSession {
  object: "session";
  id: string;
  user_id: string;
  organization_id?: string;
  impersonator?: WireImpersonator;
  ip_address: string | null;
  user_agent: string | null;
  auth_method: SessionAuthMethod;
  status: "active" | "expired" | "revoked";
  expires_at: string;
  ended_at: string | null;
  created_at: string;
  updated_at: string;
}

export interface MagicAuth {
  object: "magic_auth";
  id: string;
  user_id: string;
  email: string;
  expires_at: string;
  code: string;
  created_at: string;
  updated_at: string;
}

export interface EmailVerification {
  object: "email_verification";
  id: string;
  user_id: string;
  email: string;
  expires_at: string;
  code: string;
  created_at: string;
  updated_at: string;
}

export interface PasswordReset {
  object: "password_reset";
  id: string;
  user_id: string;
  email: string;
  password_reset_token: string;
  password_reset_url: string;
  expires_at: string;
  created_at: string;
}

export interface WireInvitation {
  object: "invitation";
  id: string;
  email: string;
  state: "pending" | "accepted" | "expired" | "revoked";
  accepted_at: string | null;
  revoked_at: string | null;
  expires_at: string;
  organization_id: string | null;
  inviter_user_id: string | null;
  accepted_user_id: string | null;
  role_slug: string | null;
  token: string;
  accept_invitation_url: string;
  created_at: string;
  updated_at: string;
}

/** A role as GET /authorization/organizations/:id/roles lists it. */
export interface WireRole {
  object: "role";
  id: string;
  name: string;
  slug: string;
  description: null;
  permissions: string[];
  resource_type_slug: string;
  type: "EnvironmentRole";
  created_at: string;
  updated_at: string;
}

export interface WireFeatureFlag {
  object: "feature_flag";
  id: string;
  name: string;
  slug: string;
  description: string;
  tags: string[];
  enabled: true;
  default_value: false;
  created_at: string;
  updated_at: string;
}

/** Answer to GET /sdk/feature-flags: every flag that is on for somebody, by its slug. */
export type FlagPoll = Record<
  string,
  {
    slug: string;
    enabled: true;
    default_value: false;
    targets: { users: never[]; organizations: { id: string; enabled: true }[] };
  }
>;

export interface WireOrganization {
  object: "organization";
  /** `org_…` */
  id: string;
  name: string;
  allow_profiles_outside_organization: false;
  domains: never[];
  external_id: string | null;
  metadata: Record<string, string>;
  created_at: string;
  updated_at: string;
}

export interface WireMembership {
  object: "organization_membership";
  /** `om_…` */
  id: string;
  user_id: string;
  organization_id: string;
  organization_name: string;
  role: { slug: string };
  roles: { slug: string }[];
  status: "active" | "inactive";
  directory_managed: false;
  custom_attributes: Record<string, never>;
  created_at: string;
  updated_at: string;
}

/** A page of a list; the cursors are ids of objects. */
export interface WireList<T> {
  object: "list";
  data: T[];
  list_metadata: { before: string | null; after: string | null };
}
