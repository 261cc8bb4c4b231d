/** The types that an app's code names, as in authkit-nextjs. */
import type { NextRequest } from "next/server";

export interface User {
  object: "user";
  /** `user_…`, the `sub` of the access token. */
  id: string;
  email: string;
  emailVerified: boolean;
  name: string | null;
  firstName: string | null;
  lastName: string | null;
  profilePictureUrl: string | null;
  /** Times are ISO 8601. */
  lastSignInAt: string | null;
  locale: string | null;
  externalId: string | null;
  metadata: Record<string, string>;
  createdAt: string;
  updatedAt: string;
}

export interface Impersonator {
  email: string;
  reason: string | null;
}

export interface Session {
  accessToken: string;
  refreshToken: string;
  user: User;
  impersonator?: Impersonator | undefined;
  /** Such as `Password` or `MagicAuth`. */
  authenticationMethod?: string | undefined;
  organizationId?: string | undefined;
}

export interface UserInfo {
  user: User;
  sessionId: string;
  organizationId?: string | undefined;
  role?: string | undefined;
  roles?: string[] | undefined;
  permissions?: string[] | undefined;
  entitlements?: string[] | undefined;
  featureFlags?: string[] | undefined;
  impersonator?: Impersonator | undefined;
  accessToken: string;
}

export interface NoUserInfo {
  user: null;
  sessionId?: undefined;
  organizationId?: undefined;
  role?: undefined;
  roles?: undefined;
  permissions?: undefined;
  entitlements?: undefined;
  featureFlags?: undefined;
  impersonator?: undefined;
  accessToken?: undefined;
  /**
   * There is a session, and whose it is cannot be found out just now: the session server is away.
   * Nobody is signed out (session rule R5).
   */
  unavailable?: true | undefined;
}

/** The claims of an access token. */
export interface JWTPayload {
  /** Session id. */
  sid: string;
  iss: string;
  /** User id, `user_…`. */
  sub: string;
  aud?: string | string[];
  /** Times are seconds since the epoch. */
  exp: number;
  iat: number;
  jti: string;
  org_id?: string;
  role?: string;
  roles?: string[];
  permissions?: string[];
  entitlements?: string[];
  feature_flags?: string[];
  /** When the user last proved who they are. */
  auth_time?: number;
  /** An operator who acts in the user's place. */
  act?: { sub: string };
}

export type TokenClaims<T> = Partial<JWTPayload & T>;

export interface HandleAuthOptions {
  /** Where to go on when the sign-in named no place. Default `/`. */
  returnPathname?: string | undefined;
  /** Origin to go on at, where the app is reached at another one than requests say. */
  baseURL?: string | undefined;
  /** May throw Next's `redirect()`, which is followed with the session. */
  onSuccess?: ((data: HandleAuthSuccessData) => void | Promise<void>) | undefined;
  /** Answers in place of the plain page. `error` is a {@link CallbackError} or what `onSuccess` threw. */
  onError?:
    | ((params: { error?: unknown; request: NextRequest }) => Response | Promise<Response>)
    | undefined;
}

export interface HandleAuthSuccessData extends Session {
  /** What `getSignInUrl` was given as `state`. */
  state?: string | undefined;
}

export interface GetSignInUrlOptions {
  /** Where on this site to go on: a path, or a URL of this site. Default `/`. */
  returnTo?: string | undefined;
  organizationId?: string | undefined;
  redirectUri?: string | undefined;
  /** An e-mail address to fill in. */
  loginHint?: string | undefined;
  /** Such as `login`: ask for a proof though somebody is signed in. */
  prompt?: string | undefined;
  /** Handed to `onSuccess`; kept sealed. */
  state?: string | undefined;
  /** Seconds since the last proof of identity that are still good enough. */
  maxAge?: number | undefined;
}

export interface AuthkitMiddlewareAuth {
  enabled: boolean;
  /** Globs of path-to-regexp 6, such as `/` or `/blog/:path*`. The callback is always among them. */
  unauthenticatedPaths: string[];
}

export interface RefreshListeners {
  onSessionRefreshSuccess?:
    | ((data: {
        accessToken: string;
        user: User;
        impersonator?: Impersonator | undefined;
        organizationId?: string | undefined;
      }) => void | Promise<void>)
    | undefined;
  onSessionRefreshError?:
    | ((params: {
        error?: unknown;
        request: NextRequest;
        /** Whether the session goes on: all but the session server's word that it is over. */
        isTransient: boolean;
      }) => void | Promise<void>)
    | undefined;
}

export interface AuthkitOptions extends RefreshListeners {
  /** Hands the access token to scripts at once, in a cookie of 30 s. Default no. */
  eagerAuth?: boolean | undefined;
  /** Says on the console what is done and why. Default no. */
  debug?: boolean | undefined;
  /** In place of the configured one; must be on the app's list. */
  redirectUri?: string | undefined;
  screenHint?: "sign-up" | "sign-in" | undefined;
  /**
   * How long before its end an access token is refreshed; 0 for not before. Default 60, and 30 for
   * tokens of 300 seconds or less.
   */
  refreshBufferSeconds?: number | undefined;
}

export interface AuthkitMiddlewareOptions extends Omit<AuthkitOptions, "screenHint"> {
  /** Lets nobody but who is signed in by. Default `{ enabled: false, unauthenticatedPaths: [] }`. */
  middlewareAuth?: AuthkitMiddlewareAuth | undefined;
  /** Globs of paths from which a sign-in begins with the sign-up form. */
  signUpPaths?: string[] | undefined;
}

export interface AuthkitResponse {
  session: UserInfo | NoUserInfo;
  /** For `handleAuthkitProxy` or `partitionAuthkitHeaders`; not for a response as they are. */
  headers: Headers;
  /** Without a session: an address of this app that begins a sign-in. */
  authorizationUrl?: string | undefined;
  /** Seconds, when the session server is away and nothing can be said: answer 503. */
  retryAfter?: number | undefined;
}

export interface SwitchToOrganizationOptions {
  /** Default: the page that was asked for, else `/`. */
  returnTo?: string | undefined;
  /** Default `path`; on the client `none`. */
  revalidationStrategy?: "none" | "tag" | "path" | undefined;
  revalidationTags?: string[] | undefined;
}
