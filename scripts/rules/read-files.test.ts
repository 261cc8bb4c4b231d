import { expect, test } from "vitest";
import { readIgnoreFile } from "./read-files.ts";

test("what .gitignore names is not the project's", () => {
  const isIgnored = readIgnoreFile(
    "# built\ndist/\n*.tsbuildinfo\n.env\npackages/server/assets/demo/\n",
  );
  expect(isIgnored("packages/core/dist", true)).toBe(true);
  expect(isIgnored("packages/core/dist", false)).toBe(false);
  expect(isIgnored("packages/core/src/dist.ts", false)).toBe(false);
  expect(isIgnored("packages/core/tsconfig.tsbuildinfo", false)).toBe(true);
  expect(isIgnored(".env", false)).toBe(true);
  expect(isIgnored(".env.example", false)).toBe(false);
  expect(isIgnored("packages/server/assets/demo", true)).toBe(true);
  expect(isIgnored("examples/demo", true)).toBe(false);
});
