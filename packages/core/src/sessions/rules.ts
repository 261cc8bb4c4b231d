/**
 * The session rules as pure functions: what a refresh does to a session (R3, R4, R6, R9). Times
 * are milliseconds since the epoch by the database's clock. The store's conditional statement
 * states the same rules in SQL; a property test holds the two together.
 */

/** Why a session is over. Each is proof (R5): a client may clear its state on it. */
export type EndReason =
  | "logout"
  | "revoked"
  | "reuse"
  | "user_disabled"
  | "user_deleted"
  | "replaced";

export interface SessionState {
  readonly generation: number;
  /** When `generation` became current. */
  readonly movedAt: number;
  /** The generation whose late replay was forgiven last (R4). */
  readonly lateGeneration: number | null;
  readonly absoluteExpiresAt: number;
  readonly idleExpiresAt: number;
  readonly endedAt: number | null;
  readonly endReason: EndReason | null;
}

export interface RefreshPolicy {
  /** The replay window W in milliseconds, 0 to 600,000 (R3). */
  readonly windowMs: number;
  /** Whether a late replay of the generation before is forgiven once (R4). */
  readonly lateReplay: "forgive_once" | "off";
  /** Idle lifetime in milliseconds; slides at every move, never past the absolute expiry. */
  readonly idleMs: number;
}

/**
 * - `repeated` the current generation again inside W: nothing is written
 * - `previous` the generation before, inside W of being superseded: answered with the current one
 * - `moved` the one move of this window
 * - `late_replay` the generation before after W, forgiven once
 * - `regressed` a generation above the row's: the database went back, the token is the proof (R9)
 * - `reuse` any other replay: the session ends
 * - `ended`, `expired` it was over already
 */
export type RefreshOutcome =
  | "repeated"
  | "previous"
  | "moved"
  | "late_replay"
  | "regressed"
  | "reuse"
  | "ended"
  | "expired";

export function classifyRefresh(
  session: SessionState,
  presented: number,
  now: number,
  policy: RefreshPolicy,
): RefreshOutcome {
  if (session.endedAt !== null) return "ended";
  if (now >= session.absoluteExpiresAt) return "expired";
  const current = session.generation;
  // Before the idle expiry: the token proves that this row is older than the session's last use.
  if (presented > current) return "regressed";
  if (now >= session.idleExpiresAt) return "expired";
  const insideWindow = Math.max(0, now - session.movedAt) < policy.windowMs;
  if (presented === current) return insideWindow ? "repeated" : "moved";
  if (presented < current - 1) return "reuse";
  if (insideWindow) return "previous";
  const forgiven = session.lateGeneration;
  const spent = forgiven === presented || forgiven === presented - 1;
  return policy.lateReplay === "off" || spent ? "reuse" : "late_replay";
}

export function isExpired(session: SessionState, now: number): boolean {
  return now >= session.absoluteExpiresAt || now >= session.idleExpiresAt;
}

/** Whether the outcome changes the row; the others may be answered from a plain read (R2). */
export function changesSession(outcome: RefreshOutcome): boolean {
  return (
    outcome === "moved" ||
    outcome === "late_replay" ||
    outcome === "regressed" ||
    outcome === "reuse"
  );
}

/** The row after `outcome`. */
export function applyRefresh(
  session: SessionState,
  outcome: RefreshOutcome,
  presented: number,
  now: number,
  policy: RefreshPolicy,
): SessionState {
  const at = Math.max(now, session.movedAt);
  const idleExpiresAt = Math.min(session.absoluteExpiresAt, at + policy.idleMs);
  switch (outcome) {
    case "moved":
      return { ...session, generation: session.generation + 1, movedAt: at, idleExpiresAt };
    case "late_replay":
      return { ...session, lateGeneration: presented, movedAt: at, idleExpiresAt };
    case "regressed":
      return { ...session, generation: presented + 1, movedAt: at, idleExpiresAt };
    case "reuse":
      return { ...session, endedAt: at, endReason: "reuse" };
    default:
      return session;
  }
}
