import { expect, test } from "vitest";
import { chooser, readOptions } from "./options.ts";

test("names come as words or as a list; without any, everything is chosen", () => {
  const names = ["refresh", "probe", "start"];
  const { only = [] } = readOptions(["probe", "--only=refresh,start"]) ?? {};
  expect(names.every(chooser(only, names))).toBe(true);
  expect(names.filter(chooser(["probe"], names))).toEqual(["probe"]);
  expect(names.filter(chooser([], names))).toEqual(names);
});

test("a name that nothing has is refused with those that there are", () => {
  expect(() => chooser(["refersh"], ["refresh", "probe"])).toThrow(/refersh.*refresh, probe/);
});

test("--quick keeps three rounds, the fewest worth quoting, and shortens everything", () => {
  const full = readOptions([]);
  const quick = readOptions(["--quick"]);
  expect(quick?.timing.rounds).toBe(3);
  expect(quick?.timing.measureMs).toBeLessThan(full?.timing.measureMs ?? 0);
  expect(() => readOptions(["--rounds=0"])).toThrow(TypeError);
});
