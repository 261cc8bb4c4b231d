/** What the cookies of a session are called: the browser protocol's names, or an app's own prefix. */

export const DEFAULT_COOKIE_PREFIX = "privy";

/** Letters, digits, - and _, 32 at most; no `__Host-` or `__Secure-`, which promise other attributes. */
export const COOKIE_PREFIX = /^[A-Za-z0-9][A-Za-z0-9_-]{0,31}$/;

export interface CookieNames {
  readonly accessToken: string;
  /** Readable by script, and says nothing but that there is a session. */
  readonly sessionHint: string;
  readonly identityToken: string;
  readonly refreshToken: string;
}

export function cookieNames(prefix: string = DEFAULT_COOKIE_PREFIX): CookieNames {
  return {
    accessToken: `${prefix}-token`,
    sessionHint: `${prefix}-session`,
    identityToken: `${prefix}-id-token`,
    refreshToken: `${prefix}-refresh-token`,
  };
}
