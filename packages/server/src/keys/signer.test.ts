import fc from "fast-check";
import { expect, test } from "vitest";
import { signerAt } from "./signing-keys.ts";

const HOUR = 3_600_000;
const LEAD = 2 * HOUR;
const OVERLAP = 26 * HOUR;

interface Key {
  readonly activeAt: number;
  retiredAt: number | null;
}

/** The keys after rotations at these times, as the store keeps them. */
function rotate(rotations: readonly { at: number; now: boolean }[]): Key[] {
  const keys: Key[] = [{ activeAt: 0, retiredAt: null }];
  for (const { at, now } of rotations) {
    const activeAt = now ? at : at + LEAD;
    for (const key of keys) {
      const retires = activeAt + OVERLAP;
      if (key.retiredAt === null || key.retiredAt > retires) key.retiredAt = retires;
    }
    keys.push({ activeAt, retiredAt: null });
  }
  return keys.sort((a, b) => a.activeAt - b.activeAt);
}

test("the next key takes over when its lead is over", () => {
  const keys = rotate([{ at: 10 * HOUR, now: false }]);
  expect(signerAt(keys, 11 * HOUR)).toBe(keys[0]);
  expect(signerAt(keys, 12 * HOUR)).toBe(keys[1]);
});

test("however keys are rotated, the signer is published for a day after it signed last", () => {
  const rotation = fc.record({ at: fc.integer({ min: 1, max: 100 * HOUR }), now: fc.boolean() });
  fc.assert(
    fc.property(
      fc.array(rotation, { maxLength: 5 }),
      fc.integer({ min: 0, max: 200 * HOUR }),
      (rotations, now) => {
        const keys = rotate(rotations.toSorted((a, b) => a.at - b.at));
        const published = keys.filter((key) => key.retiredAt === null || key.retiredAt > now);
        const signer = signerAt(published, now);
        expect(signer).toBeDefined();
        expect((signer?.retiredAt ?? Number.MAX_SAFE_INTEGER) - now).toBeGreaterThan(24 * HOUR - 1);
      },
    ),
  );
});
