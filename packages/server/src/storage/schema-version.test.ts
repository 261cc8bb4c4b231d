import fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { Migration } from "./migrations/migration.ts";
import { assertSequence, pendingSteps } from "./schema-version.ts";

const step = (version: number, oldestCompatible = 1, name = `step ${version}`): Migration => ({
  version,
  name,
  oldestCompatible,
  up: async () => {},
});
const steps = (count: number, oldestCompatible = 1) =>
  Array.from({ length: count }, (_, i) => step(i + 1, Math.min(oldestCompatible, i + 1)));
const recorded = (from: readonly Migration[]) =>
  from.map(({ version, name, oldestCompatible }) => ({
    version,
    name,
    oldest_compatible: oldestCompatible,
  }));
const refusal = (words: RegExp) =>
  expect.objectContaining({
    code: "schema_incompatible",
    status: 503,
    message: expect.stringMatching(words),
  });

describe("a server's schema steps against the database's record", () => {
  test("what is missing at the end is pending, whatever was applied before", () => {
    fc.assert(
      fc.property(fc.nat(12), fc.nat(12), (done, more) => {
        const mine = steps(done + more);
        expect(pendingSteps(recorded(mine.slice(0, done)), mine)).toEqual(mine.slice(done));
      }),
    );
  });

  test("a later database admits exactly the servers that each of its steps admits", () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 6 }),
        fc.array(fc.nat(20), { maxLength: 5 }),
        (mine, later) => {
          const all = [
            ...steps(mine),
            ...later.map((raw, i) => step(mine + 1 + i, 1 + (raw % (mine + 1 + i)))),
          ];
          const oldest = Math.max(0, ...all.slice(mine).map((s) => s.oldestCompatible));
          const ask = () => pendingSteps(recorded(all), steps(mine));
          if (oldest <= mine) expect(ask()).toEqual([]);
          else expect(ask).toThrow(refusal(/./));
        },
      ),
    );
  });

  test("a refusal names both versions and what to do", () => {
    const later = [...steps(3), step(4, 4)];
    expect(() => pendingSteps(recorded(later), steps(3))).toThrow(
      refusal(
        /at schema version 4 .*version 4 or later; this server has version 3\. Start the newer/,
      ),
    );
  });

  test("a gap, another order or another step is refused", () => {
    const [a, b, c] = recorded(steps(3));
    if (!a || !b || !c) throw new Error("three steps");
    expect(() => pendingSteps([a, c], steps(3))).toThrow(refusal(/not step 2/));
    expect(() => pendingSteps([b, a, c], steps(3))).toThrow(refusal(/not step 1/));
    const renamed = [step(1), step(2, 1, "something else"), step(3)];
    expect(() => pendingSteps([a, b], renamed)).toThrow(refusal(/"step 2".*"something else"/));
  });

  test("steps that are not numbered 1, 2, 3 … are misuse", () => {
    expect(() => assertSequence([step(1), step(3)])).toThrow(/number the steps/);
    expect(() => assertSequence([step(2), step(1)])).toThrow(TypeError);
    expect(() => assertSequence([step(1, 2)])).toThrow(/from 1 to 1/);
    expect(() => assertSequence(steps(4))).not.toThrow();
  });
});
