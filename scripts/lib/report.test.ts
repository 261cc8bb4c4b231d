import { expect, test } from "vitest";
import { countSkipped, formatReport } from "./report.js";
import { countTests } from "./vitest-result.js";

const row = { group: "unit", name: "tests", passed: 3, failed: 0, skipped: 0, seconds: 1.25 };

const lastLine = (text: string) => text.trimEnd().split("\n").at(-1);

test("the very last line adds up every row", () => {
  const report = formatReport([row, { ...row, name: "others", passed: 2, failed: 1 }]);
  expect(lastLine(report.text)).toBe("5 passed, 1 failed");
  expect(report.failed).toBe(1);
});

test("skipped tests are named in the last line when there are any", () => {
  const { text, failed } = formatReport([{ ...row, skipped: 2 }]);
  expect(lastLine(text)).toBe("3 passed, 0 failed, 2 skipped");
  expect(failed).toBe(0);
});

test("under CI a skipped test is a failed one", () => {
  expect(countSkipped({ ...row, skipped: 2 }, true)).toMatchObject({ failed: 2, skipped: 0 });
  expect(countSkipped({ ...row, skipped: 2 }, false)).toMatchObject({ failed: 0, skipped: 2 });
});

const file = (status: string, ...statuses: string[]) => ({
  name: "a.test.ts",
  status,
  assertionResults: statuses.map((each) => ({ status: each, fullName: `a ${each} test` })),
});

test("Vitest's answer is counted test by test", () => {
  const json = { testResults: [file("failed", "passed", "failed", "skipped", "todo")] };
  expect(countTests(json, 1)).toEqual({
    passed: 1,
    failed: 1,
    skipped: 2,
    notRun: ["a skipped test", "a todo test"],
  });
});

test("a file that could not be loaded is a failure", () => {
  const json = { testResults: [file("passed", "passed"), file("failed"), file("failed")] };
  expect(countTests(json, 1)).toMatchObject({ passed: 1, failed: 2 });
});

test("a run that failed without a failed test is a failure", () => {
  expect(countTests({ testResults: [file("passed", "passed")] }, 1)).toMatchObject({ failed: 1 });
  expect(countTests(undefined, 1)).toMatchObject({ passed: 0, failed: 1 });
});
