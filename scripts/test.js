// `npm test`: every check and every test. `npm test -- --only=check,unit` runs some of them.
import { groupNames, steps } from "./lib/groups.js";
import { Problem, runMain, say } from "./lib/problem.js";
import { countSkipped, formatReport } from "./lib/report.js";
import { setUp } from "./lib/set-up.js";

await runMain(async () => {
  const chosen = readOnly(process.argv.slice(2));
  const isCi = process.env.CI === "true";
  const runtime = await setUp({ pages: false });
  const rows = [];
  for (const { groups, name, run } of steps) {
    const group = groups.find((one) => chosen.includes(one));
    if (group === undefined) continue;
    process.stdout.write(`\n──── ${group}: ${name} ────\n`);
    const start = Date.now();
    const { notRun, ...counts } = await run(runtime);
    const seconds = (Date.now() - start) / 1000;
    for (const test of notRun) say(`skipped: ${test}`);
    const row = countSkipped({ group, name, ...counts, seconds }, isCi);
    process.stdout.write(`──── ${row.failed > 0 ? "FAILED" : "ok"}, ${seconds.toFixed(1)} s\n`);
    rows.push(row);
  }
  const { text, failed } = formatReport(rows);
  process.stdout.write(text);
  return failed > 0 ? 1 : 0;
});

/**
 * @param {readonly string[]} args
 * @returns {readonly string[]} The groups to run.
 */
function readOnly(args) {
  let chosen = groupNames;
  for (const arg of args) {
    const [, names] = /^--only=(.+)$/.exec(arg) ?? [];
    chosen = names?.split(",") ?? [];
    const unknown = names === undefined ? arg : chosen.find((name) => !groupNames.includes(name));
    if (unknown !== undefined) {
      throw new Problem(
        `"${unknown}" is not something that can be run.`,
        `write --only= and one or more of ${groupNames.join(", ")}, with commas between them.`,
      );
    }
  }
  return chosen;
}
