import type { InsightTally } from "../insight/counters.ts";

export interface InsightPoint {
  /** Beginning of its bucket. */
  readonly at: number;
  readonly metric: InsightTally["metric"];
  readonly label: string;
  readonly n: number;
}

export interface InsightSeriesRequest {
  readonly appId: string;
  /** Included; `until` is not. */
  readonly from: number;
  readonly until: number;
  /** Of each point, in milliseconds: a multiple of a level's step. */
  readonly width: number;
}

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

/** How fine counts are kept, and for how long; each level is added up from the one before. */
export const INSIGHT_LEVELS = [
  { step: MINUTE, keepMs: 3 * HOUR },
  { step: 15 * MINUTE, keepMs: 26 * HOUR },
  { step: HOUR, keepMs: 32 * DAY },
  { step: DAY, keepMs: 400 * DAY },
] as const;

export const INSIGHT_COUNTS = [
  "users",
  "live_sessions",
  "signed_in_users",
  "signed_in_24h",
  "signed_in_30d",
] as const;
export type InsightCount = (typeof INSIGHT_COUNTS)[number];

/** What one chunk of the count found, by app. */
export interface CountedChunk {
  readonly counts: readonly {
    readonly appId: string;
    readonly name: InsightCount;
    readonly n: number;
  }[];
  /** Where to go on; null at the end. */
  readonly next: string | null;
}

export interface InsightStore {
  /**
   * Adds tallies of the minute of `at`. Where its answer is lost they may be added twice: they are for
   * charts, not for bills.
   */
  add(at: number, tallies: readonly InsightTally[]): Promise<void>;
  /** Adds up every level from the one before, from `since` on. Any number of servers may do so at once. */
  rollUp(since: number): Promise<void>;
  /** Deletes what is older than its level is kept at `now`. */
  forget(now: number): Promise<void>;
  /** In order of time, from the coarsest level that is as fine as `width`. */
  series(request: InsightSeriesRequest): Promise<InsightPoint[]>;

  /**
   * Whether the caller may count now; nobody else may before `until`. False where somebody may not yet.
   */
  claimCount(until: number): Promise<boolean>;
  /** Live sessions, and who has one, of the users after `after`, about `size` sessions at once. */
  countSessions(after: string, size: number): Promise<CountedChunk>;
  /** Users, and who of them signed in lately, after `after`, about `size` users at once. */
  countUsers(after: string, size: number): Promise<CountedChunk>;
  /** Takes the place of all counts; the next may begin at `nextAt`. */
  saveCounts(counts: CountedChunk["counts"], nextAt: number): Promise<void>;
  /** Null while nothing was counted yet. */
  counts(
    appId: string,
  ): Promise<{ readonly countedAt: number; readonly counts: ReadonlyMap<string, number> } | null>;
}
