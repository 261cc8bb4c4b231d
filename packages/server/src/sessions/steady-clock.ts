/**
 * Watches a clock that nothing else can be asked about: where the database's clock is this process's
 * own, a jump shows only against time that nobody can set.
 */
export interface SteadyClock {
  /** Milliseconds that the clock is ahead of where it would be had it not jumped. */
  departure(): number;
  /** Takes small departures for the clock's being kept right. Call it regularly. */
  follow(): void;
}

/** What is more is a jump (session rule R2). */
const MAX_SLEW_MS = 30_000;
/** A jump that lasts so long was no mistake, or the machine slept. */
const ACCEPT_MS = 10 * 60_000;

/**
 * @param now the clock, milliseconds since the epoch
 * @param uptime milliseconds since any moment, by a clock that cannot be set
 */
export function steadyClock(now: () => number, uptime: () => number): SteadyClock {
  let base = now() - uptime();
  let departedAt: number | null = null;
  const departure = () => now() - uptime() - base;
  return {
    departure,
    follow() {
      const up = uptime();
      const isSlew = Math.abs(departure()) <= MAX_SLEW_MS;
      if (!isSlew) departedAt ??= up;
      if (!isSlew && departedAt !== null && up - departedAt < ACCEPT_MS) return;
      base = now() - up;
      departedAt = null;
    },
  };
}
