import { readFileSync } from "node:fs";
import { commands } from "./commands.ts";
import { describeFailure, UsageError } from "./failure.ts";
import { findCommand, usage, usageOf } from "./usage.ts";

const HELP = ["--help", "-h", "help"];

/** As `engines` of package.json: older ones crash in the SQLite driver without a word. */
const OLDEST_NODE = 22;

/** Runs one command line and answers its exit code: 2 when the line itself is wrong. */
export async function run(
  argv: readonly string[],
  node: string = process.versions.node,
): Promise<number> {
  const [first] = argv;
  if (first === "--version" || first === "-v") {
    process.stdout.write(`${version()}\n`);
    return 0;
  }
  const found = findCommand(commands, argv);
  const asksHelp = first === undefined || argv.some((arg) => HELP.includes(arg));
  if (asksHelp) {
    process.stdout.write(found ? usageOf(found.command) : usage(commands, argv));
    return 0;
  }
  if (!found) {
    process.stderr.write(`latchkey: there is no command "${argv.slice(0, 2).join(" ")}".\n\n`);
    process.stderr.write(usage(commands, argv));
    return 2;
  }
  if (Number.parseInt(node, 10) < OLDEST_NODE) {
    const needs = `Latchkey needs Node.js ${OLDEST_NODE} or newer, and this is ${node}.`;
    process.stderr.write(`latchkey: ${needs} Start it with a newer one.\n`);
    return 1;
  }
  try {
    const command = await found.command.load();
    return (await command(found.rest)) ?? 0;
  } catch (error) {
    process.stderr.write(`latchkey: ${describeFailure(error)}\n`);
    if (!(error instanceof UsageError)) return 1;
    process.stderr.write(`\n${usageOf(found.command)}`);
    return 2;
  }
}

function version(): string {
  const file = new URL("../../package.json", import.meta.url);
  return JSON.parse(readFileSync(file, "utf8")).version;
}
