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
  /** Rows looked at in one go; a few milliseconds' worth. */
  readonly chunk?: number;
}

const CHUNK = 2000;
const PAUSE_MS = 5;
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
  for (const count of [insight.countUsers, insight.countSessions]) {
    let after: string | null = "";
    while (after !== null) {
      const began = deps.stopwatch();
      const chunk: CountedChunk = await count(after, deps.chunk ?? CHUNK);
      spent += deps.stopwatch() - began;
      for (const each of chunk.counts) {
        const key = `${each.appId} ${each.name}`;
        totals.set(key, { ...each, n: each.n + (totals.get(key)?.n ?? 0) });
      }
      after = chunk.next;
      if (after !== null) await deps.wait(PAUSE_MS);
    }
  }
  const pause = Math.round(Math.max(LEAST_PAUSE_MS, spent * SHARE));
  await insight.saveCounts([...totals.values()], (await deps.store.now()) + pause);
  return true;
}
