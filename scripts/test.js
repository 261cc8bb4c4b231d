// `npm test`: every check and every test. `npm test -- --only=check,unit` runs some of them.
import { groupNames, rounds } from "./lib/groups.js";
import { Problem, runMain } from "./lib/problem.js";
import { formatReport } from "./lib/report.js";
import { runRound } from "./lib/round.js";
import { setUp } from "./lib/set-up.js";

await runMain(async () => {
  const chosen = readOnly(process.argv.slice(2));
  const isCi = process.env.CI === "true";
  const runtime = await setUp({ pages: false });
  /** @param {string} text */
  const write = (text) => void process.stdout.write(text);
  const rows = [];
  for (const lanes of rounds) {
    rows.push(...(await runRound(lanes, { runtime, chosen, isCi, write, now: Date.now })));
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
