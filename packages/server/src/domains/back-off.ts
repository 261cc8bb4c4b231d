/** When a domain is looked at again by itself. */

const FIRST_MS = 60_000;
const GROWTH = 1.05;
const LONGEST_MS = 4 * 3_600_000;

/** After `attempts` checks; `random` in [0, 1) spreads many domains by a tenth around it. */
export function backOff(attempts: number, random: number): number {
  const wait = Math.min(FIRST_MS * GROWTH ** attempts, LONGEST_MS);
  return Math.round(wait * (0.9 + 0.2 * random));
}

/** While nothing is wrong. */
export function steadyInterval(random: number): number {
  return Math.round(LONGEST_MS * (0.9 + 0.2 * random));
}
