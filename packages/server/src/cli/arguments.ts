import { type ParseArgsConfig, parseArgs } from "node:util";
import { UsageError } from "./failure.ts";

type Options = NonNullable<ParseArgsConfig["options"]>;

/**
 * The options and the positional arguments, which must be exactly those named.
 *
 * @throws UsageError for an option that is unknown or lacks its value, and for an argument that is
 * missing or one too many.
 */
export function readArguments<const O extends Options, const N extends readonly string[]>(
  args: string[],
  names: N,
  options: O,
) {
  const { values, positionals } = parse(args, options);
  const missing = names[positionals.length];
  if (missing !== undefined) throw new UsageError(`<${missing}> is missing.`);
  const extra = positionals[names.length];
  if (extra !== undefined) {
    const spaces = names.length > 0 ? " A value with spaces needs quotes." : "";
    throw new UsageError(`"${extra}" is one argument too many.${spaces}`);
  }
  return { values, positionals: positionals as { [Index in keyof N]: string } };
}

/** For commands that take none. */
export function refuseArguments(args: string[]): void {
  readArguments(args, [], {});
}

function parse<const O extends Options>(args: string[], options: O) {
  try {
    return parseArgs({ args, options, allowPositionals: true });
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    if (!code?.startsWith("ERR_PARSE_ARGS")) throw error;
    throw new UsageError(message.replace(/\. To specify a positional.*/s, "."));
  }
}
