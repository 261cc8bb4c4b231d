/**
 * The one local storage record of an app, `latchkey:<appId>`. One record, so that a write is seen
 * by other tabs as a whole or not at all.
 */
import type { AppConfig } from "@latchkey/core/protocol/browser";
import { isLaterSession, type StoredSession } from "./stored-session.ts";

/** A session that ended here, while the server has not confirmed its end yet. */
export type EndedSession = Pick<StoredSession, "apiToken" | "refreshToken">;

export interface SessionRecord {
  /**
   * Raised by every sign-in and every end of a session, never by a refresh. An answer asked for
   * under another epoch is discarded.
   */
  readonly epoch: number;
  readonly session: StoredSession | null;
  /** Why the last session ended: `logout`, or the server's typed reason. */
  readonly endReason: string | null;
  /** Milliseconds by this machine's clock at the last answer of the server. */
  readonly savedAt: number;
  /** What to add to this machine's clock to get the server's, in milliseconds. */
  readonly clockOffset: number;
  /** GET /apps/:id as last seen. */
  readonly config: AppConfig | null;
  /** An id of this browser, for the server's logs. */
  readonly caId: string;
  readonly guestCredential: string | null;
  readonly ended: readonly EndedSession[];
}

export const EMPTY_RECORD: SessionRecord = {
  epoch: 0,
  session: null,
  endReason: null,
  savedAt: 0,
  clockOffset: 0,
  config: null,
  caId: "",
  guestCredential: null,
  ended: [],
};

/** Null for anything that this client did not write; never throws. */
export function parseRecord(text: string): SessionRecord | null {
  try {
    const record: SessionRecord = { ...EMPTY_RECORD, ...JSON.parse(text) };
    const { epoch, session, ended } = record;
    return epoch >= 0 && (!session || session.expiresAt > 0) && Array.isArray(ended)
      ? record
      : null;
  } catch {
    return null;
  }
}

/** Whether `a` must not be overwritten by `b`: a later epoch, or a later session of the same. */
export function supersedes(a: SessionRecord, b: SessionRecord): boolean {
  if (a.epoch !== b.epoch) return a.epoch > b.epoch;
  return !!a.session && !!b.session && isLaterSession(a.session, b.session);
}

/** As it may be stored: where a cookie holds the refresh token, no other token is kept either. */
export function withoutTokens(record: SessionRecord): SessionRecord {
  const { session } = record;
  return !session || session.refreshToken
    ? record
    : { ...record, session: { ...session, token: "", apiToken: "", identityToken: null } };
}

/** What another tab stored, with the tokens that this one has in memory. */
export function keepTokens(stored: SessionRecord, own: SessionRecord): SessionRecord {
  const { epoch, session } = stored;
  if (!session || session.token || !own.session || own.epoch !== epoch) return stored;
  const { token, apiToken } = own.session;
  return { ...stored, session: { ...session, token, apiToken } };
}
