#!/usr/bin/env node
import { type Command, commands } from "./commands.ts";
import { reportFailure, UsageError } from "./failure.ts";

async function run(argv: readonly string[]): Promise<number> {
  const found = find(argv);
  if (!found || argv.includes("--help") || argv.includes("-h")) {
    const asked = argv.length === 0 || argv.some((arg) => ["--help", "-h", "help"].includes(arg));
    process[asked ? "stdout" : "stderr"].write(found ? usageOf(found.command) : usage());
    return asked ? 0 : 2;
  }
  try {
    const command = await found.command.load();
    return (await command(found.rest)) ?? 0;
  } catch (error) {
    reportFailure(error);
    return error instanceof UsageError ? 2 : 1;
  }
}

/** The longest command whose words begin the arguments. */
function find(argv: readonly string[]): { command: Command; rest: string[] } | undefined {
  for (const length of [2, 1]) {
    const name = argv.slice(0, length).join(" ");
    const command = commands.find((each) => each.name === name);
    if (command) return { command, rest: argv.slice(length) };
  }
  return undefined;
}

function usage(): string {
  const width = Math.max(...commands.map((command) => command.name.length)) + 2;
  const lines = commands.map((command) => `  ${command.name.padEnd(width)}${command.summary}`);
  return `Latchkey: sessions on your own domain.\n\nlatchkey <command>\n\n${lines.join("\n")}\n\nlatchkey <command> --help tells a command's options.\n`;
}

function usageOf(command: Command): string {
  return `latchkey ${command.name} ${command.options}\n\n${command.summary}\n`;
}

process.exitCode = await run(process.argv.slice(2));
