import type { SealedSession } from "@latchkey/core/sealed/sealed-session";
import type { AppServerTokenClaims } from "@latchkey/core/tokens/app-server-tokens";
import { sessionHeaders } from "./session-headers.ts";
import type { SessionUnavailable, SignedInSession, SignedOutSession } from "./session-result.ts";

type SetCookies = readonly string[];

export function signedIn(
  session: SealedSession,
  claims: AppServerTokenClaims,
  setCookies: SetCookies,
): SignedInSession {
  return {
    status: "signed_in",
    user: session.user,
    sessionId: claims.sid,
    organizationId: claims.org_id,
    role: claims.role,
    roles: claims.roles,
    permissions: claims.permissions,
    entitlements: claims.entitlements,
    featureFlags: claims.feature_flags,
    impersonator: session.impersonator,
    accessToken: session.accessToken,
    expiresAt: claims.exp,
    authenticatedAt: claims.auth_time,
    session,
    headers: sessionHeaders(setCookies),
  };
}

export function signedOut(
  reason: SignedOutSession["reason"],
  detail?: string,
  setCookies: SetCookies = [],
): SignedOutSession {
  const headers = sessionHeaders(setCookies);
  return { status: "signed_out", reason, ...(detail !== undefined && { detail }), headers };
}

export function unavailable(
  code: string,
  retryAfter: number,
  setCookies: SetCookies = [],
): SessionUnavailable {
  return { status: "unavailable", code, retryAfter, headers: sessionHeaders(setCookies) };
}
