import type { Impersonator, SealedSession, SealedUser } from "@latchkey/core/sealed/sealed-session";

/** A web-standard `Request`, or what has its url and headers. */
export interface SessionRequest {
  /** Absolute, as the browser asked for it. */
  readonly url: string;
  readonly headers: Headers;
}

interface WithHeaders {
  /**
   * Belong on the response, whatever it is: `Set-Cookie` where the cookie changes, and what keeps
   * caches away from an answer that depends on who asks (session rule R8).
   */
  readonly headers: Headers;
}

export interface SignedInSession extends WithHeaders {
  readonly status: "signed_in";
  readonly user: SealedUser;
  readonly sessionId: string;
  readonly organizationId: string | undefined;
  readonly role: string | undefined;
  readonly roles: readonly string[] | undefined;
  readonly permissions: readonly string[] | undefined;
  readonly entitlements: readonly string[] | undefined;
  readonly featureFlags: readonly string[] | undefined;
  readonly impersonator: Impersonator | undefined;
  readonly accessToken: string;
  /** Seconds since the epoch, of the access token. */
  readonly expiresAt: number;
  /** When the user last proved who they are, in seconds since the epoch. */
  readonly authenticatedAt: number | undefined;
  /** What the cookie holds now, to hand on to code that reads the cookie itself. */
  readonly session: SealedSession;
}

export interface SignedOutSession extends WithHeaders {
  readonly status: "signed_out";
  /**
   * `no_session`: no cookie came. `ended`: the session server said that the session is over, or it
   * was signed out here; the cookie is removed. `unreadable_cookie`: sealed by another app, with a
   * password that is not in the ring, or damaged; it is left alone. `other_client`: it opens, and
   * its session is one of another client id; it is left alone too.
   */
  readonly reason: "no_session" | "ended" | "unreadable_cookie" | "other_client";
  /** For your log: what was wrong with the cookie. */
  readonly detail?: string;
}

/**
 * Nothing can be said just now, and nobody is signed out (session rule R5): answer 503 with
 * Retry-After. Set the headers all the same: they may carry a refreshed cookie.
 */
export interface SessionUnavailable extends WithHeaders {
  readonly status: "unavailable";
  readonly code: string;
  /** Seconds. */
  readonly retryAfter: number;
}

/** There is a session, its access token is over, and `readSession` refreshes nothing. */
export interface StaleSession extends WithHeaders {
  readonly status: "stale";
  readonly userId: string;
  readonly sessionId: string;
}

/** The session server declined what was asked, such as an organization; the session goes on. */
export interface SessionRefused extends WithHeaders {
  readonly status: "refused";
  /** For example `access_denied`. */
  readonly code: string;
  readonly message: string;
}

export type SessionResult = SignedInSession | SignedOutSession | SessionUnavailable;
