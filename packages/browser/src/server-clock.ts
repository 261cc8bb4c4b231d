/**
 * The server's time as this tab knows it. Token expiry is judged by it, since a user's clock may
 * be days off, and may be set right while the page is open.
 */
export interface Moment {
  readonly wall: number;
  readonly monotonic: number;
}

export interface ServerClock {
  moment(): Moment;
  /**
   * The server's clock read `serverMs` at some time after `since`. Counting from the sending, not
   * the receipt, errs to the safe side: a frozen tab may read an answer hours late.
   */
  learn(serverMs: number, since: Moment): void;
  /** Milliseconds since the epoch, or infinity when nothing can be known: treat all as expired. */
  now(): number;
  /** What to add to this machine's clock, in milliseconds. */
  offset(): number;
}

export interface StoredClock {
  readonly savedAt: number;
  readonly clockOffset: number;
}

export function createServerClock(
  wall: () => number,
  monotonic: () => number,
  stored: () => StoredClock,
): ServerClock {
  let known: { server: number; at: Moment } | null = null;
  const moment = (): Moment => ({ wall: wall(), monotonic: monotonic() });

  function now(): number {
    const at = moment();
    if (known) {
      // A clock set back makes the wall too short, sleep the monotonic clock: the longer is right.
      const elapsed = Math.max(at.wall - known.at.wall, at.monotonic - known.at.monotonic);
      return known.server + elapsed;
    }
    const { savedAt, clockOffset } = stored();
    // Before the record was written: the clock was set since.
    if (at.wall < savedAt) return Number.POSITIVE_INFINITY;
    return at.wall + clockOffset;
  }

  return {
    moment,
    learn(serverMs, since) {
      known = { server: serverMs, at: since };
    },
    now,
    offset: () => (known ? known.server - known.at.wall : stored().clockOffset),
  };
}
