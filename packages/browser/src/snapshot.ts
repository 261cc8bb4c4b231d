import type { AppConfig, User } from "@latchkey/core/protocol/browser";
import type { LatchkeyClientError } from "./errors.ts";
import type { SessionRecord } from "./record.ts";

/**
 * - `loading` not known yet; lasts at most `readyTimeoutMs`
 * - `signed_in`, `signed_out`
 * - `error` the server could not be asked whether or whose session there is; `error` says why
 */
export type LatchkeyStatus = "loading" | "signed_in" | "signed_out" | "error";

export interface SessionFacts {
  /** Session id, or null where a cookie holds the refresh token. */
  readonly id: string | null;
  /** How often the refresh token was rotated, or null as above. */
  readonly generation: number | null;
  /** Expiry of the access token, in milliseconds by this machine's clock. */
  readonly expiresAt: number;
}

/** Immutable; a new object only when something changed. */
export interface LatchkeySnapshot {
  readonly status: LatchkeyStatus;
  /** Whether the first look at the session is over. Also true when it failed: see `error`. */
  readonly ready: boolean;
  readonly user: User | null;
  /** The last failure to reach or understand the server; null again after a success. */
  readonly error: LatchkeyClientError | null;
  /** Why the last session ended: `logout`, or the server's typed reason, such as `revoked`. */
  readonly endReason: string | null;
  readonly session: SessionFacts | null;
  /** The app's configuration, once known. */
  readonly app: AppConfig | null;
}

/** What is shown before `start()` and while rendering on a server. */
export const LOADING: LatchkeySnapshot = Object.freeze({
  status: "loading",
  ready: false,
  user: null,
  error: null,
  endReason: null,
  session: null,
  app: null,
});

export function takeSnapshot(
  record: SessionRecord,
  clockOffset: number,
  hasCredential: boolean,
  error: LatchkeyClientError | null,
): LatchkeySnapshot {
  const { session, config, endReason } = record;
  const user = session?.user ?? null;
  return {
    status: user ? "signed_in" : !hasCredential && (config || endReason) ? "signed_out" : "error",
    ready: true,
    user,
    error,
    endReason,
    session: session && {
      id: session.sid,
      generation: session.generation,
      expiresAt: session.expiresAt - clockOffset,
    },
    app: config,
  };
}

/**
 * `previous` where `next` says the same, and the same user object as long as the user is the same:
 * pages compare by identity.
 */
export function keepIdentity(previous: LatchkeySnapshot, next: LatchkeySnapshot): LatchkeySnapshot {
  const user = isSame(previous.user, next.user) ? previous.user : next.user;
  const unchanged = previous.error === next.error && isSame(previous, next);
  return unchanged ? previous : Object.freeze({ ...next, user });
}

/** Of what JSON can say. */
export const isSame = (a: unknown, b: unknown) => JSON.stringify(a) === JSON.stringify(b);
