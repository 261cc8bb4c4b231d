/** What the Insight page shows of an app. */
import type { Insight, InsightRange } from "@latchkey/core/protocol/admin";
import type { InsightPoint, Store } from "../storage/store.ts";
import { percentile } from "./histogram.ts";

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

/** How far each range goes back, and how much time a point of it stands for. */
const RANGES: Readonly<Record<InsightRange, { readonly points: number; readonly width: number }>> =
  {
    "1h": { points: 60, width: MINUTE },
    "24h": { points: 96, width: 15 * MINUTE },
    "7d": { points: 168, width: HOUR },
    "30d": { points: 120, width: 6 * HOUR },
    "90d": { points: 90, width: DAY },
  };

/** Refused refreshes by what `Metrics.refresh` calls them; every other outcome is an answer. */
const isRefused = (outcome: string): boolean =>
  outcome.startsWith("terminal_") || outcome === "client_mismatch" || outcome === "kept_in_cookie";

const REUSE = "terminal_reuse";

export async function readInsight(
  store: Pick<Store, "insight" | "now">,
  appId: string,
  range: InsightRange,
): Promise<Insight> {
  const { points, width } = RANGES[range];
  const now = await store.now();
  const last = now - (now % width);
  const from = last - (points - 1) * width;
  const [rows, counted] = [
    await store.insight.series({ appId, from, until: last + width, width }),
    await store.insight.counts(appId),
  ];
  const times = Array.from({ length: points }, (_, index) => from + index * width);
  const at = (row: InsightPoint) => (row.at - from) / width;
  const series = (chosen: readonly InsightPoint[]) => seriesOf(chosen, at, points);
  const of = (metric: InsightPoint["metric"]) => rows.filter((row) => row.metric === metric);
  const refreshes = of("refresh");
  const refused = refreshes.filter(({ label }) => isRefused(label));
  const reused = refused.filter(({ label }) => label === REUSE);
  const count = (name: string) => counted?.counts.get(name) ?? 0;
  return {
    counts: counted && {
      countedAt: counted.countedAt,
      users: count("users"),
      liveSessions: count("live_sessions"),
      signedInUsers: count("signed_in_users"),
      signedInLast24h: count("signed_in_24h"),
      signedInLast30d: count("signed_in_30d"),
    },
    width,
    times,
    signIns: series(of("sign_in")),
    refreshes: series(refreshes.filter(({ label }) => !isRefused(label))),
    reuseDetections: series(reused)[0]?.values ?? times.map(() => 0),
    failures: series([...of("failure"), ...refused]),
    requestTimes: requestTimes(of("request_time"), at, points),
  };
}

function seriesOf(
  rows: readonly InsightPoint[],
  at: (row: InsightPoint) => number,
  points: number,
): Insight["signIns"] {
  const byLabel = new Map<string, number[]>();
  for (const row of rows) {
    const values = byLabel.get(row.label) ?? new Array<number>(points).fill(0);
    byLabel.set(row.label, values);
    const index = at(row);
    values[index] = (values[index] ?? 0) + row.n;
  }
  return [...byLabel]
    .map(([label, values]) => ({ label, values, total: sum(values) }))
    .sort((a, b) => b.total - a.total || (a.label < b.label ? -1 : 1));
}

function requestTimes(
  rows: readonly InsightPoint[],
  at: (row: InsightPoint) => number,
  points: number,
): Insight["requestTimes"] {
  const overall = new Map<number, number>();
  const each = Array.from({ length: points }, () => new Map<number, number>());
  for (const row of rows) {
    const bucket = Number(row.label);
    for (const counts of [overall, each[at(row)]]) {
      counts?.set(bucket, (counts.get(bucket) ?? 0) + row.n);
    }
  }
  const count = (counts: ReadonlyMap<number, number>) => sum([...counts.values()]);
  return {
    count: each.map(count),
    p50: each.map((counts) => percentile(counts, 0.5)),
    p99: each.map((counts) => percentile(counts, 0.99)),
    overall: {
      count: count(overall),
      p50: percentile(overall, 0.5),
      p99: percentile(overall, 0.99),
    },
  };
}

const sum = (values: readonly number[]): number => values.reduce((total, each) => total + each, 0);
