/** What the server functions throw, as in authkit-nextjs. */

export class AuthKitError extends Error {
  readonly data?: Record<string, unknown> | undefined;

  constructor(message: string, cause?: unknown, data?: Record<string, unknown>) {
    super(message, cause === undefined ? undefined : { cause });
    this.name = "AuthKitError";
    this.data = data;
  }
}

export type CallbackErrorCode =
  /** Neither a code nor an error, or a code without a state that is no impersonation. */
  | "missing_auth_params"
  /** Begun in another browser, more than ten minutes ago, or finished before. */
  | "missing_pkce_cookie"
  | "oauth_state_mismatch"
  | "missing_tokens"
  /** The session server sent the browser back with an error, such as `access_denied`. */
  | "authorization_error"
  /** The code was used before, or is over. */
  | "invalid_grant"
  | "session_server_unavailable"
  | "session_too_large"
  /** The session server declined the code for another reason; `data.error` says which. */
  | "refused";

export interface CallbackErrorContext {
  path?: string | undefined;
  userAgent?: string | undefined;
  hasCode?: boolean | undefined;
  hasState?: boolean | undefined;
}

export class CallbackError extends AuthKitError {
  readonly code: CallbackErrorCode;
  readonly path?: string | undefined;
  readonly userAgent?: string | undefined;
  readonly hasCode?: boolean | undefined;
  readonly hasState?: boolean | undefined;

  constructor(
    message: string,
    code: CallbackErrorCode,
    context: CallbackErrorContext = {},
    data?: Record<string, unknown>,
  ) {
    super(message, undefined, data);
    this.name = "CallbackError";
    this.code = code;
    this.path = context.path;
    this.userAgent = context.userAgent;
    this.hasCode = context.hasCode;
    this.hasState = context.hasState;
  }
}

export interface TokenRefreshErrorContext {
  userId?: string | undefined;
  sessionId?: string | undefined;
  isTransient?: boolean | undefined;
  code?: string | undefined;
}

export class TokenRefreshError extends AuthKitError {
  readonly userId?: string | undefined;
  readonly sessionId?: string | undefined;
  /** Whether the session goes on: keep it. Only when it is over this is false (session rule R5). */
  readonly isTransient: boolean;
  /** Such as `session_server_unavailable`, or `access_denied` for an organization. */
  readonly code?: string | undefined;

  constructor(message: string, cause?: unknown, context: TokenRefreshErrorContext = {}) {
    super(message, cause);
    this.name = "TokenRefreshError";
    this.userId = context.userId;
    this.sessionId = context.sessionId;
    this.isTransient = context.isTransient ?? false;
    this.code = context.code;
  }
}
