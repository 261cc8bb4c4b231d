import fc from "fast-check";
import { expect, test } from "vitest";
import { accentOn, contrast, MIN_CONTRAST } from "./accent.ts";

const colour = fc
  .integer({ min: 0, max: 0xffffff })
  .map((value) => `#${value.toString(16).padStart(6, "0")}`);

test("contrast is that of WCAG 2.2", () => {
  expect(contrast("#000000", "#ffffff")).toBeCloseTo(21, 5);
  expect(contrast("#777777", "#ffffff")).toBeCloseTo(4.48, 2);
  expect(contrast("#123456", "#123456")).toBe(1);
});

test("with any accent, links are readable on any background and words on buttons (WCAG 2.2 1.4.3)", () => {
  fc.assert(
    fc.property(colour, colour, (background, wanted) => {
      const { accent, onAccent, link } = accentOn(background, wanted);
      expect(contrast(link, background)).toBeGreaterThanOrEqual(MIN_CONTRAST);
      expect(contrast(onAccent, accent)).toBeGreaterThanOrEqual(MIN_CONTRAST);
    }),
  );
});

test("a colour that is readable as it is stays as it is", () => {
  expect(accentOn("#ffffff", "#1d4ed8").link).toBe("#1d4ed8");
});
