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

export function insightCollector(
  store: Pick<Store, "insight" | "now">,
  counters: InsightCounters,
  clock: () => number,
): InsightCollector {
  /** By the minute of this process, which is right enough while the database cannot be asked. */
  const waiting = new Map<number, Map<string, InsightTally>>();
  /** From where on something was written that is not rolled up; at first, whatever a crash left. */
  let since: number | null = 0;

  return {
    async flush() {
      keep(waiting, Math.floor(clock() / MINUTE) * MINUTE, counters.drain());
      if (waiting.size === 0) return;
      const apart = (await store.now()) - clock();
      for (const [minute, tallies] of [...waiting]) {
        const at = minute + apart;
        await store.insight.add(at, [...tallies.values()]);
        waiting.delete(minute);
        since = Math.min(since ?? at, at);
      }
    },
    async rollUp() {
      if (since === null) return;
      const from = since;
      since = null;
      await store.insight.rollUp(from).catch((error) => {
        since = Math.min(since ?? from, from);
        throw error;
      });
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
