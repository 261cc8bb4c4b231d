import type { NextMiddleware, NextRequest } from "next/server";
import { createCallback } from "./handle-auth.ts";
import type {
  AuthkitMiddlewareOptions,
  AuthkitOptions,
  AuthkitResponse,
  HandleAuthOptions,
} from "./interfaces.ts";
import { nextPorts, proxyPorts } from "./next-ports.ts";
import { createProxy } from "./proxy.ts";
import { proxySession } from "./proxy-session.ts";
import { createSignIn, type HandleSignInOptions } from "./sign-in-route.ts";

export {
  AUTHKIT_REQUEST_HEADERS,
  type AuthkitHeadersResult,
  type AuthkitRedirectStatus,
  type AuthkitRequestHeader,
  applyResponseHeaders,
  type HandleAuthkitHeadersOptions,
  handleAuthkitHeaders,
  handleAuthkitProxy,
  isAuthkitRequestHeader,
  partitionAuthkitHeaders,
} from "./authkit-headers.ts";
export {
  AuthKitError,
  CallbackError,
  type CallbackErrorCode,
  type CallbackErrorContext,
  TokenRefreshError,
  type TokenRefreshErrorContext,
} from "./errors.ts";
export type * from "./interfaces.ts";
export type { RecentAuth } from "./recent-auth.ts";
export type { RefreshSessionOptions } from "./refresh-session.ts";
export {
  checkRecentAuth,
  getSignInUrl,
  getSignUpUrl,
  getTokenClaims,
  refreshSession,
  saveSession,
  signOut,
  switchToOrganization,
  withAuth,
} from "./server-functions.ts";
export type { HandleSignInOptions } from "./sign-in-route.ts";
export type { SignOutOptions } from "./sign-out.ts";
export type { WithAuthOptions } from "./with-auth.ts";

/** The proxy (`proxy.ts`; before Next 16 `middleware.ts`): keeps the session fresh. */
export function authkitProxy(options?: AuthkitMiddlewareOptions): NextMiddleware {
  return createProxy(proxyPorts, options);
}

/** @deprecated Use {@link authkitProxy}. */
export const authkitMiddleware: typeof authkitProxy = authkitProxy;

/** The session of a request, for a proxy of your own; answer with `handleAuthkitProxy`. */
export function authkit(
  request: NextRequest,
  options: AuthkitOptions = {},
): Promise<AuthkitResponse> {
  return proxySession(proxyPorts, request, options);
}

/** The Route Handler of the redirect URI: `export const GET = handleAuth()`. */
export function handleAuth(
  options?: HandleAuthOptions,
): (request: NextRequest) => Promise<Response> {
  return createCallback(nextPorts, options);
}

/** A Route Handler that begins a sign-in, such as of `/login`: `export const GET = handleSignIn()`. */
export function handleSignIn(
  options?: HandleSignInOptions,
): (request: NextRequest) => Promise<Response> {
  return createSignIn(nextPorts, options);
}
