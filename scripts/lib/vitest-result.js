/**
 * @typedef {{ passed: number, failed: number, skipped: number, notRun: string[] }} Counts
 *   `notRun` names the skipped tests.
 *
 * @typedef {object} VitestJson What Vitest's JSON reporter writes.
 * @property {{ name: string, status: string, assertionResults: { status: string, fullName: string }[] }[]} testResults
 */

/**
 * Counts tests. A file that failed without a failed test (it could not be loaded) is one failure,
 * and so is a run that failed although no test did (an error outside a test, or no tests at all).
 *
 * @param {VitestJson | undefined} json
 * @param {number} exitCode
 * @returns {Counts}
 */
export function countTests(json, exitCode) {
  const counts = { passed: 0, failed: 0, skipped: 0, notRun: /** @type {string[]} */ ([]) };
  for (const file of json?.testResults ?? []) {
    const failedBefore = counts.failed;
    for (const { status, fullName } of file.assertionResults) {
      if (status === "passed") counts.passed += 1;
      else if (status === "failed") counts.failed += 1;
      else {
        counts.skipped += 1;
        counts.notRun.push(fullName);
      }
    }
    if (file.status === "failed" && counts.failed === failedBefore) counts.failed += 1;
  }
  if (exitCode !== 0 && counts.failed === 0) counts.failed = 1;
  return counts;
}
