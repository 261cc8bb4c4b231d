/** Something the reader can put right. Printed without a stack trace. */
export class Problem extends Error {
  /**
   * @param {string} what What is wrong, one sentence.
   * @param {string} [fix] What to do about it.
   */
  constructor(what, fix) {
    super(fix === undefined ? what : `${what}\n  To fix it: ${fix}`);
    this.name = "Problem";
  }
}

/**
 * Runs a script's main function: a Problem is printed as its words, anything else with its stack.
 *
 * @param {() => Promise<number>} main Answers with the exit code.
 */
export async function runMain(main) {
  try {
    process.exitCode = await main();
  } catch (error) {
    const text = error instanceof Problem ? error.message : error instanceof Error && error.stack;
    process.stderr.write(`\nlatchkey: ${text || String(error)}\n`);
    process.exitCode = 1;
  }
}

/** @param {string} line One line about what set-up does and why. */
export function say(line) {
  process.stdout.write(`latchkey: ${line}\n`);
}
