import type { RefusalReason } from "@latchkey/core/tokens/browser-tokens";

/** The request carries a valid access token. Frozen: the same object answers repeated tokens. */
export interface SignedIn {
  readonly status: "signed_in";
  /** `did:privy:…` */
  readonly userId: string;
  readonly sessionId: string;
  /** Seconds since the epoch. */
  readonly issuedAt: number;
  /** Seconds since the epoch. */
  readonly expiresAt: number;
  /** The access token itself, to pass on to another service of the same app. */
  readonly token: string;
}

/** Why a token is invalid; for logs, not for users. `ambiguous_cookie`: two differing tokens. */
export type InvalidDetail = Exclude<RefusalReason, "expired"> | "ambiguous_cookie";

type Refused =
  | { readonly status: "signed_out"; readonly reason: "no_token" | "expired" }
  | {
      readonly status: "signed_out";
      readonly reason: "invalid";
      readonly detail: InvalidDetail;
    };

/**
 * No valid access token came with this request. Nothing to clear: whether the session is over
 * only the session server can tell (session rule R5).
 */
export type SignedOut = Refused & {
  /**
   * The browser says that it has a session (cookie `privy-session`): send a page navigation to
   * your refresh page before you send it to sign in.
   */
  readonly mayRefresh: boolean;
};

/** The signature could not be checked. Answer 503 with Retry-After; never sign anyone out. */
export interface Unavailable {
  readonly status: "unavailable";
  readonly code: "keys_unavailable";
  /** Seconds. */
  readonly retryAfter: number;
}

export type AuthResult = SignedIn | SignedOut | Unavailable;

/** What a bare token amounts to. */
export type TokenResult = SignedIn | Refused | Unavailable;
