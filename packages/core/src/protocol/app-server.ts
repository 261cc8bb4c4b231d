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

export type AuthenticationMethod = "MagicAuth" | "Password" | "Impersonation" | "ExternalAuth";

/** Answer to every grant of POST /user_management/authenticate. */
export interface AuthenticationAnswer {
  user: AppServerUser;
  organization_id?: string;
  access_token: string;
  refresh_token: string;
  authentication_method: AuthenticationMethod;
  impersonator?: WireImpersonator;
}

/** Where a cookie of the server's own host holds the refresh token. */
export type CookieHeldAnswer = Omit<AuthenticationAnswer, "refresh_token">;

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
  | "password"
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
