import type { Command } from "./commands.ts";

interface Found {
  readonly command: Command;
  readonly rest: string[];
}

/** The longest command whose words begin the arguments. */
export function findCommand(
  commands: readonly Command[],
  argv: readonly string[],
): Found | undefined {
  for (const length of [2, 1]) {
    const name = argv.slice(0, length).join(" ");
    const command = commands.find((each) => each.name === name);
    if (command) return { command, rest: argv.slice(length) };
  }
  return undefined;
}

/** All commands, or those that begin with the first word typed. */
export function usage(commands: readonly Command[], [word]: readonly string[]): string {
  const group = commands.filter(({ name }) => name.startsWith(`${word} `));
  const shown = group.length > 0 ? group : commands;
  const width = Math.max(...shown.map(({ name }) => name.length)) + 2;
  const lines = shown.map(({ name, summary }) => `  ${name.padEnd(width)}${summary}`);
  const [example] = shown;
  return `Latchkey: sessions on your own domain.

latchkey <command>

${lines.join("\n")}

latchkey ${example?.name ?? "<command>"} --help tells a command's options; latchkey --version, which one this is.
`;
}

export function usageOf({ name, options, summary }: Command): string {
  return `Usage: ${`latchkey ${name} ${options}`.trimEnd()}\n\n${summary}\n`;
}
