/** The functions for Server Components, Server Actions and Route Handlers, bound to Next. */
import type { NextRequest } from "next/server";
import { checkRecent, claimsOf } from "./claims.ts";
import type {
  GetSignInUrlOptions,
  NoUserInfo,
  Session,
  SwitchToOrganizationOptions,
  TokenClaims,
  UserInfo,
} from "./interfaces.ts";
import { nextPorts } from "./next-ports.ts";
import type { RecentAuth } from "./recent-auth.ts";
import * as refreshing from "./refresh-session.ts";
import * as saving from "./save-session.ts";
import { signInUrl } from "./sign-in-url.ts";
import { endSession, type SignOutOptions } from "./sign-out.ts";
import * as switching from "./switch-organization.ts";
import * as reading from "./with-auth.ts";

/** Whom the request is signed in as, on any route; `{ user: null }` for nobody. */
export function withAuth(
  options: reading.WithAuthOptions & { ensureSignedIn: true },
): Promise<UserInfo>;
export function withAuth(options?: reading.WithAuthOptions): Promise<UserInfo | NoUserInfo>;
export function withAuth(options?: reading.WithAuthOptions): Promise<UserInfo | NoUserInfo> {
  return reading.withAuth(nextPorts, options);
}

/** Refreshes though it is not due, for new claims; in Server Actions and Route Handlers. */
export function refreshSession(
  options: refreshing.RefreshSessionOptions & { ensureSignedIn: true },
): Promise<UserInfo>;
export function refreshSession(
  options?: refreshing.RefreshSessionOptions,
): Promise<UserInfo | NoUserInfo>;
export function refreshSession(
  options?: refreshing.RefreshSessionOptions,
): Promise<UserInfo | NoUserInfo> {
  return refreshing.refreshSession(nextPorts, options);
}

/** Goes over to another organization of the user, and renders the page anew. */
export function switchToOrganization(
  organizationId: string,
  options?: SwitchToOrganizationOptions,
): Promise<UserInfo> {
  return switching.switchToOrganization(nextPorts, organizationId, options);
}

/** Where to send the browser to sign in. */
export function getSignInUrl(options?: GetSignInUrlOptions): Promise<string> {
  return signInUrl(nextPorts, "sign-in", options);
}

/** The same, with the sign-up form first. */
export function getSignUpUrl(options?: GetSignInUrlOptions): Promise<string> {
  return signInUrl(nextPorts, "sign-up", options);
}

/** Ends the session here and at the session server; in Server Actions and Route Handlers. */
export async function signOut(options?: SignOutOptions): Promise<void> {
  nextPorts.redirect(await endSession(nextPorts, options));
}

/** Keeps a session that came some other way; in Server Actions and Route Handlers. */
export function saveSession(
  session: Session,
  request: Pick<NextRequest, "url" | "headers"> | string,
): Promise<void> {
  return saving.saveSession(nextPorts, session, request);
}

/** The claims of `accessToken`, unproven, or of the session's; `{}` without one. */
export function getTokenClaims<T = Record<string, unknown>>(
  accessToken?: string,
): Promise<TokenClaims<T>> {
  return claimsOf<T>(nextPorts, accessToken);
}

/** Whether the user proved who they are no more than `maxAge` seconds ago; unknown is stale. */
export function checkRecentAuth(options: { maxAge: number }): Promise<RecentAuth> {
  return checkRecent(nextPorts, options);
}
