import { countSkipped } from "./report.js";

/**
 * @typedef {import("./groups.js").Step} Step
 * @typedef {import("./report.js").Row} Row
 *
 * @typedef {object} RoundOptions
 * @property {string} runtime The Node to run everything with.
 * @property {readonly string[]} chosen The groups to run.
 * @property {boolean} isCi
 * @property {(text: string) => void} write
 * @property {() => number} now Milliseconds.
 */

/**
 * Runs lanes of steps side by side. The first lane shows what it does; what a step of another lane
 * printed comes in one piece, when it is over and no step of the first lane is in its midst.
 *
 * @param {readonly (readonly Step[])[]} lanes
 * @param {RoundOptions} options
 * @returns {Promise<Row[]>} In the order of the lanes.
 */
export async function runRound(lanes, { runtime, chosen, isCi, write, now }) {
  /** @type {string[] | undefined} */
  let held;
  /** @param {string} text */
  const writeLater = (text) => void (held ? held.push(text) : write(text));

  /** @param {Step} step @param {string} group @param {boolean} first */
  async function runStep(step, group, first) {
    /** @type {string[]} */
    const output = [];
    /** @param {string} text */
    const say = (text) => void (first ? write(text) : output.push(text));
    if (first) held = [];
    say(`\n──── ${group}: ${step.name} ────\n`);
    const start = now();
    const { notRun, ...counts } = await step.run(runtime, first ? undefined : say);
    const seconds = (now() - start) / 1000;
    for (const test of notRun) say(`skipped: ${test}\n`);
    const row = countSkipped({ group, name: step.name, ...counts, seconds }, isCi);
    say(`──── ${row.failed > 0 ? "FAILED" : "ok"}, ${seconds.toFixed(1)} s\n`);
    if (first) {
      const pieces = held ?? [];
      held = undefined;
      for (const piece of pieces) write(piece);
    } else writeLater(output.join(""));
    return row;
  }

  /** @param {readonly Step[]} lane @param {boolean} first */
  async function runLane(lane, first) {
    const rows = [];
    for (const step of lane) {
      const group = step.groups.find((one) => chosen.includes(one));
      if (group !== undefined) rows.push(await runStep(step, group, first));
    }
    return rows;
  }

  const used = lanes.filter((lane) => lane.some((s) => s.groups.some((g) => chosen.includes(g))));
  return (await Promise.all(used.map((lane, index) => runLane(lane, index === 0)))).flat();
}
