/**
 * When a `kid` that is not in the key set may make us ask for the set again.
 *
 * Anyone can write a token with any kid, so asking must be limited; but the kid may also be that
 * of a key published a second ago in an emergency, whose users must not be turned away. Three
 * things together hold both:
 *
 * - A kid counts as unknown only when a set asked for after the kid came in lacks it. That answer
 *   stands for 10 seconds for this kid alone, so no other kid is held back by it.
 * - All asking for unknown kids shares a small budget (5 at once, one more every 10 seconds). A
 *   flood of random kids empties it, but each ask it pays for brings in the whole set: under
 *   attack a new key is seen 10 seconds after it is published at the latest. The periodic
 *   refresh does not draw on the budget.
 * - A kid met while the budget is empty is neither known nor unknown. It is answered with
 *   "unavailable, try again", never with "invalid": no user is signed out by someone's flood.
 */

const BUDGET = 5;
const REFILL_MS = 10_000;
const UNKNOWN_FOR_MS = 10_000;
const MAX_REMEMBERED = 100;

export interface UnknownKids {
  /** Whether a recent key set was seen to lack it. */
  isUnknown(kid: string): boolean;
  remember(kid: string): void;
  /** Draws on the budget: 0 when the set may be asked for now, else milliseconds to wait. */
  draw(): number;
}

/** `now` in milliseconds. */
export function createUnknownKids(now: () => number): UnknownKids {
  const seenAt = new Map<string, number>();
  let budget = BUDGET;
  let refilledAt = now();

  function refill(): number {
    const elapsed = now() - refilledAt;
    // A clock set back must not stop the refill.
    const earned = elapsed < 0 ? 1 : Math.floor(elapsed / REFILL_MS);
    if (earned > 0) {
      budget = Math.min(BUDGET, budget + earned);
      refilledAt = elapsed < 0 ? now() : refilledAt + earned * REFILL_MS;
    }
    return refilledAt + REFILL_MS - now();
  }

  return {
    isUnknown(kid) {
      const age = now() - (seenAt.get(kid) ?? Number.NEGATIVE_INFINITY);
      if (age >= 0 && age < UNKNOWN_FOR_MS) return true;
      seenAt.delete(kid);
      return false;
    },
    remember(kid) {
      seenAt.delete(kid);
      seenAt.set(kid, now());
      if (seenAt.size > MAX_REMEMBERED) seenAt.delete(seenAt.keys().next().value as string);
    },
    draw() {
      const untilNext = refill();
      if (budget === 0) return untilNext;
      budget -= 1;
      return 0;
    },
  };
}
