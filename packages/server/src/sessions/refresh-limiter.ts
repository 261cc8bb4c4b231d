import { LatchkeyError } from "@latchkey/core/errors";

/**
 * Bounds how often one session refreshes on one instance, after its mac proved authentic. In
 * memory: nothing is written, and losing it fails open.
 */
export interface RefreshLimiter {
  /** Throws `too_many_requests` with the seconds to wait. */
  check(sid: string): void;
}

/** A page with hundreds of parallel requests passes; a loop does not. */
const BURST = 2000;
const PER_SECOND = 20;
const MAX_SESSIONS = 50_000;

interface Bucket {
  tokens: number;
  at: number;
}

export function refreshLimiter(now: () => number): RefreshLimiter {
  const buckets = new Map<string, Bucket>();

  function newBucket(sid: string, at: number): Bucket {
    if (buckets.size >= MAX_SESSIONS) buckets.clear();
    const bucket = { tokens: BURST, at };
    buckets.set(sid, bucket);
    return bucket;
  }

  return {
    check(sid) {
      const at = now();
      const bucket = buckets.get(sid) ?? newBucket(sid, at);
      const elapsed = Math.max(0, at - bucket.at) / 1000;
      bucket.tokens = Math.min(BURST, bucket.tokens + elapsed * PER_SECOND) - 1;
      bucket.at = at;
      if (bucket.tokens >= 0) return;
      bucket.tokens = 0;
      throw new LatchkeyError(
        "too_many_requests",
        429,
        "This session refreshes too often; the session is kept. Refresh only when the access token is about to expire.",
        { retryAfter: 1 },
      );
    },
  };
}
