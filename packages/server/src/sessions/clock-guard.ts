import { unavailable } from "@latchkey/core/errors";
import type { SteadyClock } from "./steady-clock.ts";

/**
 * Watches this process's clock against the database's. An instance that departs by more than
 * 30 s is not ready and ends no session (session rule R2).
 */
export interface ClockGuard {
  /** Compares once; call it regularly. */
  measure(): Promise<void>;
  /** Milliseconds that this process is ahead of the database, at the last measurement or now. */
  drift(): number;
  agrees(): boolean;
  /** Throws 503 when a decision that ends a session would rest on a departed clock. */
  requireAgreement(): void;
}

const MAX_DRIFT_MS = 30_000;

/** @param steady given where the database's clock is this process's own, as on SQLite */
export function clockGuard(
  databaseNow: () => Promise<number>,
  now: () => number,
  steady?: SteadyClock,
): ClockGuard {
  let measured = 0;
  const drift = () => steady?.departure() ?? measured;
  const agrees = () => Math.abs(drift()) <= MAX_DRIFT_MS;
  return {
    async measure() {
      if (steady) return steady.follow();
      const before = now();
      const database = await databaseNow();
      // The middle of the round trip is the fairest guess of when the database looked.
      measured = (before + now()) / 2 - database;
    },
    drift,
    agrees,
    requireAgreement() {
      if (agrees()) return;
      throw unavailable(
        "clock_departed",
        `This server's clock departs from its database's by ${Math.round(drift() / 1000)} s; it ends no session until they agree. Check time synchronisation (NTP) on both.`,
      );
    },
  };
}
