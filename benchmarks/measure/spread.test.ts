import fc from "fast-check";
import { expect, test } from "vitest";
import { ratioSpread, spread } from "./spread.ts";

const figures = fc.array(fc.double({ min: 0.001, max: 1e6, noNaN: true }), { minLength: 1 });

test("half of the figures are not below the median, half not above it", () => {
  fc.assert(
    fc.property(figures, (values) => {
      const { median, min, max } = spread(values);
      const half = values.length / 2;
      expect(values.filter((value) => value >= median).length).toBeGreaterThanOrEqual(half);
      expect(values.filter((value) => value <= median).length).toBeGreaterThanOrEqual(half);
      expect([min, max]).toEqual([Math.min(...values), Math.max(...values)]);
    }),
  );
});

test("a machine that is slower in some rounds changes no ratio", () => {
  fc.assert(
    fc.property(figures, fc.double({ min: 0.1, max: 10, noNaN: true }), (under, factor) => {
      const { min, max } = ratioSpread(
        under.map((value) => value * factor),
        under,
      );
      expect(min).toBeCloseTo(factor, 6);
      expect(max).toBeCloseTo(factor, 6);
    }),
  );
});
