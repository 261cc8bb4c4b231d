/**
 * What happens in an app, counted in memory: a few additions for each request, and nothing is written
 * before {@link InsightCounters.drain} takes it away.
 */
import { HISTOGRAM_BUCKETS, histogramBucket } from "./histogram.ts";

export const INSIGHT_METRICS = ["sign_in", "refresh", "failure", "request_time"] as const;
export type InsightMetric = (typeof INSIGHT_METRICS)[number];

export interface InsightTally {
  readonly appId: string;
  readonly metric: InsightMetric;
  /** Method, outcome, error code, or number of a bucket of the histogram. */
  readonly label: string;
  readonly n: number;
}

export interface InsightCounters {
  signIn(appId: string, method: string): void;
  refresh(appId: string, outcome: string): void;
  failure(appId: string, code: string): void;
  requestTime(appId: string, ms: number): void;
  /** What was counted since it was asked last. */
  drain(): InsightTally[];
}

type Named = Exclude<InsightMetric, "request_time">;
type AppCounts = Record<Named, Map<string, number>> & { readonly times: Uint32Array };

const emptyCounts = (): AppCounts => ({
  sign_in: new Map(),
  refresh: new Map(),
  failure: new Map(),
  times: new Uint32Array(HISTOGRAM_BUCKETS),
});

/** Labels are ours, not a caller's; this bounds them all the same. */
const MAX_LABELS = 100;

/** Keyed by apps that exist, so callers cannot make it grow. */
export function insightCounters(): InsightCounters {
  let apps = new Map<string, AppCounts>();

  function of(appId: string): AppCounts {
    let counts = apps.get(appId);
    if (counts === undefined) {
      counts = emptyCounts();
      apps.set(appId, counts);
    }
    return counts;
  }

  function add(appId: string, metric: Named, label: string): void {
    const counts = of(appId)[metric];
    const before = counts.get(label);
    if (before !== undefined || counts.size < MAX_LABELS) counts.set(label, (before ?? 0) + 1);
  }

  return {
    signIn: (appId, method) => add(appId, "sign_in", method),
    refresh: (appId, outcome) => add(appId, "refresh", outcome),
    failure: (appId, code) => add(appId, "failure", code),
    requestTime(appId, ms) {
      const { times } = of(appId);
      const bucket = histogramBucket(ms);
      times[bucket] = (times[bucket] ?? 0) + 1;
    },
    drain() {
      const drained = apps;
      apps = new Map();
      return [...drained].flatMap(([appId, counts]) => talliesOf(appId, counts));
    },
  };
}

function talliesOf(appId: string, { times, ...named }: AppCounts): InsightTally[] {
  const tallies: InsightTally[] = [];
  for (const [metric, counts] of Object.entries(named)) {
    for (const [label, n] of counts) {
      tallies.push({ appId, metric: metric as Named, label, n });
    }
  }
  times.forEach((n, bucket) => {
    if (n > 0) tallies.push({ appId, metric: "request_time", label: String(bucket), n });
  });
  return tallies;
}
