/**
 * Counts users and live sessions in chunks with pauses, so that no request waits behind it, however
 * many there are. One server does so at a time, and the rarer the longer it takes.
 */
import type { CountedChunk, Store } from "../storage/store.ts";

export interface CountDeps {
  readonly store: Pick<Store, "insight" | "now">;
  readonly wait: (ms: number) => Promise<void>;
  /** Milliseconds of a clock that only runs forward. */
  readonly stopwatch: () => number;
}

/** Rows looked at in one go: as many as take about these milliseconds, for a request may wait for them. */
const CHUNK = { first: 250, least: 50, most: 4000, ms: 3 };
/** Between two chunks, as a multiple of what the one before took. */
const REST = 4;
const LEAST_PAUSE_MS = 20_000;
/** Counting takes at most one part of this many of the time. */
const SHARE = 50;
/** After this long, whoever began is taken for gone. */
const LEASE_MS = 30 * 60_000;

/** False where it is not time yet, or somebody else counts. */
export async function countEverything(deps: CountDeps): Promise<boolean> {
  const { insight } = deps.store;
  if (!(await insight.claimCount((await deps.store.now()) + LEASE_MS))) return false;
  const totals = new Map<string, CountedChunk["counts"][number]>();
  let spent = 0;
  let size = CHUNK.first;
  for (const count of [insight.countUsers, insight.countSessions]) {
    let after: string | null = "";
    while (after !== null) {
      const began = deps.stopwatch();
      const chunk: CountedChunk = await count(after, size);
      const took = deps.stopwatch() - began;
      spent += took;
      if (took > 2 * CHUNK.ms) size = Math.max(CHUNK.least, size >> 1);
      if (took < CHUNK.ms) size = Math.min(CHUNK.most, size << 1);
      for (const each of chunk.counts) {
        const key = `${each.appId} ${each.name}`;
        totals.set(key, { ...each, n: each.n + (totals.get(key)?.n ?? 0) });
      }
      after = chunk.next;
      if (after !== null) await deps.wait(Math.ceil(took * REST));
    }
  }
  const pause = Math.round(Math.max(LEAST_PAUSE_MS, spent * SHARE));
  await insight.saveCounts([...totals.values()], (await deps.store.now()) + pause);
  return true;
}
