import type { User } from "@latchkey/core/protocol/browser";
import { type Lineage, readLineage, readTimes, type TokenTimes } from "./tokens.ts";

interface SessionTokens {
  /** The app's access token. */
  readonly token: string;
  /** The token that this client authorizes itself with. */
  readonly apiToken: string;
  /** Null when a cookie holds it. */
  readonly refreshToken: string | null;
  readonly identityToken: string | null;
  readonly user: User | null;
}

/** A session as it is stored: its tokens and what was read of them, once. */
export type StoredSession = SessionTokens & TokenTimes & Lineage;

/** Null where `token` is no JWT with times. */
export function storedSession(tokens: SessionTokens): StoredSession | null {
  const times = readTimes(tokens.token);
  return times && { ...tokens, ...times, ...readLineage(tokens.refreshToken) };
}

/**
 * Whether `a` is later than `b` in one epoch: by generation between tokens of one session, else by
 * the time that the access token was issued.
 */
export function isLaterSession(a: StoredSession, b: StoredSession): boolean {
  const steps = a.sid && a.sid === b.sid ? Number(a.generation) - Number(b.generation) : 0;
  return (steps || a.issuedAt - b.issuedAt) > 0;
}

/** Milliseconds before expiry at which a token is renewed; half the life of very short ones. */
const MARGIN = 30_000;

/** Whether an access token of these times can still be handed out without renewing it. */
export function isFresh(times: TokenTimes | null, serverNow: number): boolean {
  if (!times) return false;
  const { issuedAt, expiresAt } = times;
  return expiresAt - serverNow > Math.min(MARGIN, (expiresAt - issuedAt) / 2);
}
