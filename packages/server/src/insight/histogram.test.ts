import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { HISTOGRAM_BUCKETS, histogramBucket, percentile } from "./histogram.ts";

const countsOf = (times: readonly number[]) => {
  const counts = new Map<number, number>();
  for (const ms of times) {
    const bucket = histogramBucket(ms);
    counts.set(bucket, (counts.get(bucket) ?? 0) + 1);
  }
  return counts;
};

const time = fc.double({ min: 0, max: 60_000, noNaN: true });

describe("request times in buckets", () => {
  test("every time has a bucket, and a longer one none before it", () => {
    fc.assert(
      fc.property(time, time, (a, b) => {
        const [less, more] = a < b ? [a, b] : [b, a];
        expect(histogramBucket(less)).toBeLessThanOrEqual(histogramBucket(more));
        expect(histogramBucket(more)).toBeLessThan(HISTOGRAM_BUCKETS);
      }),
    );
    for (const odd of [0, -1, Number.NaN]) expect(histogramBucket(odd)).toBe(0);
    expect(histogramBucket(Number.MAX_VALUE)).toBe(HISTOGRAM_BUCKETS - 1);
  });

  test("a percentile is within a bucket of the true one: a factor of √2", () => {
    fc.assert(
      fc.property(
        fc.array(fc.double({ min: 0.3, max: 60_000, noNaN: true }), {
          minLength: 1,
          maxLength: 200,
        }),
        fc.constantFrom(0.5, 0.9, 0.99),
        (times, share) => {
          const sorted = times.toSorted((a, b) => a - b);
          const exact = sorted[Math.ceil(share * sorted.length) - 1] ?? 0;
          const read = percentile(countsOf(times), share) ?? 0;
          expect(read).toBeLessThanOrEqual(exact * Math.SQRT2 * 1.001);
          expect(read).toBeGreaterThanOrEqual(exact / Math.SQRT2 / 1.001);
        },
      ),
    );
  });

  test("none of none", () => {
    expect(percentile(new Map(), 0.5)).toBeNull();
  });
});
