import { asClientError, unavailable } from "./errors.ts";

/** Milliseconds before the second, third and fourth try. */
const DELAYS = [500, 1500, 4500];
/** A longer Retry-After is left to the caller. */
const LONGEST_WAIT = 5000;

/**
 * Tries up to four times on transient failures, with back-off and jitter, not before the server's
 * Retry-After. Anything else, and the last failure, is thrown.
 *
 * @param random between 0 and 1
 */
export async function withRetry<T>(attempt: () => Promise<T>, random: () => number): Promise<T> {
  for (let tries = 0; ; tries++) {
    try {
      return await attempt();
    } catch (cause) {
      const error = asClientError(cause);
      const delay = DELAYS[tries];
      const asked = (error.retryAfter ?? 0) * 1000;
      if (!error.transient || delay === undefined || asked > LONGEST_WAIT) throw error;
      const pause = Math.max(asked, delay * (0.75 + random() / 2));
      await new Promise((resolve) => setTimeout(resolve, pause));
    }
  }
}

/** Stops waiting after `ms`. What was begun goes on: a request that was sent is never aborted. */
export function waitAtMost<T>(work: Promise<T>, ms: number): Promise<T> {
  return waitUnless(work, (stop) => {
    const timer = setTimeout(() => stop(unavailable(`No answer in ${ms} ms.`)), ms);
    return () => clearTimeout(timer);
  });
}

/** Rejects with the signal's reason when it fires; the work itself goes on. */
export function waitUntilAborted<T>(work: Promise<T>, signal: AbortSignal | undefined): Promise<T> {
  return waitUnless(work, (stop) => {
    const onAbort = () => stop(signal?.reason);
    if (signal?.aborted) onAbort();
    signal?.addEventListener("abort", onAbort);
    return () => signal?.removeEventListener("abort", onAbort);
  });
}

/** @param arm is given the way to stop the wait, and returns the way to disarm itself */
function waitUnless<T>(
  work: Promise<T>,
  arm: (stop: (reason: unknown) => void) => () => void,
): Promise<T> {
  return new Promise((resolve, reject) => {
    work.finally(arm(reject)).then(resolve, reject);
  });
}
