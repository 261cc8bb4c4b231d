import fc from "fast-check";
import { expect, test } from "vitest";
import { renewalInfoPause, renewalTime, suggestedTime } from "./renewal-time.ts";

const HOUR = 3_600_000;
const DAY = 24 * HOUR;

/** From six days to five years: what public CAs and Debian's pebble issue. */
const lifetime = fc.integer({ min: 6 * DAY, max: 5 * 365 * DAY });
const random = fc.double({ min: 0, max: 1, noNaN: true });

test("a certificate is renewed by its own lifetime, early enough to fail for a while first", () => {
  fc.assert(
    fc.property(lifetime, random, (length, chance) => {
      const notBeforeAt = 1_000_000;
      const notAfterAt = notBeforeAt + length;
      const at = renewalTime({ notBeforeAt, notAfterAt }, chance);
      expect(at).toBeGreaterThan(notBeforeAt + length * 0.4);
      expect(notAfterAt - at).toBeGreaterThanOrEqual(Math.floor(length / 3));
    }),
  );
});

test.each([
  [90, 55, 60],
  [45, 27, 30],
  [160 / 24, 2.9, 3.4],
])("of %d days, it is renewed between day %d and %d", (days, earliest, latest) => {
  for (const chance of [0, 0.5, 1]) {
    const at = renewalTime({ notBeforeAt: 0, notAfterAt: days * DAY }, chance) / DAY;
    expect(at).toBeGreaterThanOrEqual(earliest);
    expect(at).toBeLessThanOrEqual(latest);
  }
});

test("a window of the CA gives a time in it, never in the last tenth of the lifetime (RFC 9773 section 4.2)", () => {
  const own = { notBeforeAt: 0, notAfterAt: 100 * DAY };
  fc.assert(
    fc.property(
      fc.nat(200 * DAY),
      fc.integer({ min: 1, max: 50 * DAY }),
      random,
      (startAt, length, chance) => {
        const at = suggestedTime({ startAt, endAt: startAt + length }, own, chance) ?? Number.NaN;
        expect(at).toBeLessThanOrEqual(90 * DAY);
        expect(at).toBeLessThanOrEqual(startAt + length);
        if (startAt + length <= 90 * DAY) expect(at).toBeGreaterThanOrEqual(startAt);
      },
    ),
  );
});

test("a window in the past means now, and one that ends before it starts means nothing", () => {
  const own = { notBeforeAt: 50 * DAY, notAfterAt: 140 * DAY };
  expect(suggestedTime({ startAt: DAY, endAt: 2 * DAY }, own, 0.5)).toBeLessThan(50 * DAY);
  expect(suggestedTime({ startAt: 2 * DAY, endAt: DAY }, own, 0.5)).toBeNull();
});

test("the CA says when to ask again, within a minute and a day", () => {
  expect(renewalInfoPause(null)).toBe(6 * HOUR);
  expect(renewalInfoPause(2 * HOUR)).toBe(2 * HOUR);
  expect(renewalInfoPause(0)).toBe(60_000);
  expect(renewalInfoPause(365 * DAY)).toBe(DAY);
});
