/** Brings what was counted in memory into the database, now and then. */
import type { Store } from "../storage/store.ts";
import type { InsightCounters, InsightTally } from "./counters.ts";

export interface InsightCollector {
  /** Takes what was counted since, and writes it; throws what the database throws and tries again next time. */
  flush(): Promise<void>;
  /** Adds up what was written, when anything was. */
  rollUp(): Promise<void>;
}

const MINUTE = 60_000;
/** How long a database may be gone before counts are dropped. */
const KEPT_MINUTES = 60;
/** How far back each roll-up goes; the first goes as far as there are minutes. */
const ROLL_UP_MS = 2 * 3_600_000;

export function insightCollector(
  store: Pick<Store, "insight" | "now">,
  counters: InsightCounters,
  clock: () => number,
): InsightCollector {
  /** By the minute of this process, which is right enough while the database cannot be asked. */
  const waiting = new Map<number, Map<string, InsightTally>>();
  let toRollUp = true;
  let since = 0;

  return {
    async flush() {
      keep(waiting, Math.floor(clock() / MINUTE) * MINUTE, counters.drain());
      if (waiting.size === 0) return;
      const apart = (await store.now()) - clock();
      for (const [minute, tallies] of [...waiting]) {
        await store.insight.add(minute + apart, [...tallies.values()]);
        waiting.delete(minute);
        toRollUp = true;
      }
    },
    async rollUp() {
      if (!toRollUp) return;
      const now = await store.now();
      await store.insight.rollUp(since);
      since = now - ROLL_UP_MS;
      toRollUp = false;
    },
  };
}

function keep(
  waiting: Map<number, Map<string, InsightTally>>,
  minute: number,
  tallies: readonly InsightTally[],
): void {
  if (tallies.length === 0) return;
  const kept = waiting.get(minute) ?? new Map<string, InsightTally>();
  waiting.set(minute, kept);
  for (const tally of tallies) {
    const key = `${tally.appId} ${tally.metric} ${tally.label}`;
    kept.set(key, { ...tally, n: tally.n + (kept.get(key)?.n ?? 0) });
  }
  for (const oldest of waiting.keys()) {
    if (waiting.size <= KEPT_MINUTES) break;
    waiting.delete(oldest);
  }
}
