const SECOND = 1000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;

/** Before each attempt after the first: together a little more than a day, as Svix has it. */
const WAITS_MS = [
  5 * SECOND,
  5 * MINUTE,
  30 * MINUTE,
  2 * HOUR,
  5 * HOUR,
  10 * HOUR,
  10 * HOUR,
] as const;

/** An endpoint that accepted nothing for so long is turned off when it lets a whole schedule run out. */
export const FAILING_MS = 5 * 24 * HOUR;

/**
 * The wait before the next attempt, after `tries` of them; null: it was the last. `random` in [0, 1)
 * spreads what failed together over a fifth before and after.
 */
export function nextWait(tries: number, random: number): number | null {
  const wait = WAITS_MS[tries - 1];
  return wait === undefined ? null : Math.round(wait * (0.8 + 0.4 * random));
}
