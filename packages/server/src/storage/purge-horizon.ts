import type { Store } from "./store.ts";

/** How far one run may reach beyond the one before: more than the time between them by far. */
export const PURGE_STEP_MS = 3_600_000;
const META_KEY = "newest_time";

export interface PurgeHorizon {
  /** Nothing that was good at this time is deleted, in milliseconds by the database's clock. */
  readonly until: number;
  /** How far that is behind the clock; 0 unless the clock has jumped or nobody ran for long. */
  readonly behindMs: number;
}

/**
 * How far to purge: up to what the clock says and at most an hour beyond the newest time that the
 * database has seen. A clock that is set to next year so deletes nothing for days, and what is good
 * still is there when it is right again; after a long stop the purge catches up by an hour a run.
 */
export async function advancePurgeHorizon(
  store: Pick<Store, "keys" | "now">,
): Promise<PurgeHorizon> {
  const now = await store.now();
  const seen = Number(await store.keys.meta(META_KEY, String(now)));
  const until = Math.min(now, seen + PURGE_STEP_MS);
  if (until > seen) await store.keys.setMeta(META_KEY, String(until));
  return { until, behindMs: now - until };
}
