/**
 * Request times as a histogram whose buckets add up across minutes and instances. Bucket `i` ends at
 * 0.25 ms × √2^i, so that a percentile read
 * from it is within a factor of √2 of the true one.
 */
const FIRST_END_MS = 0.25;
/** The last one ends above 90 s, and takes all that is longer. */
export const HISTOGRAM_BUCKETS = 38;

export function histogramBucket(ms: number): number {
  if (!(ms > FIRST_END_MS)) return 0;
  return Math.min(HISTOGRAM_BUCKETS - 1, Math.ceil(2 * Math.log2(ms / FIRST_END_MS)));
}

const endOf = (bucket: number): number => FIRST_END_MS * 2 ** (bucket / 2);

/** Milliseconds that a share of all (0 to 1) did not exceed, as far as the buckets tell; null of none. */
export function percentile(counts: ReadonlyMap<number, number>, share: number): number | null {
  const buckets = [...counts].filter(([, n]) => n > 0).sort(([a], [b]) => a - b);
  const total = buckets.reduce((sum, [, n]) => sum + n, 0);
  if (total === 0) return null;
  let below = 0;
  for (const [bucket, n] of buckets) {
    if (below + n >= share * total) {
      const start = bucket === 0 ? 0 : endOf(bucket - 1);
      return start + ((share * total - below) / n) * (endOf(bucket) - start);
    }
    below += n;
  }
  return endOf(HISTOGRAM_BUCKETS - 1);
}
