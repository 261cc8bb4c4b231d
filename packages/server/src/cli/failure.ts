import { LatchkeyError } from "@latchkey/core/errors";
import { ConfigurationError } from "../config/config.ts";

/** The command line itself is wrong; the message says how to write it. */
export class UsageError extends Error {
  override readonly name = "UsageError";
}

/** One plain message for what an operator can mend, the stack for what only we can. */
export function reportFailure(error: unknown): void {
  const known =
    error instanceof LatchkeyError ||
    error instanceof ConfigurationError ||
    error instanceof UsageError ||
    error instanceof TypeError;
  if (known) process.stderr.write(`latchkey: ${error.message}\n`);
  else if (isPortTaken(error)) {
    process.stderr.write(
      `latchkey: port ${error.port} is taken. Stop what listens there, or set PORT to another.\n`,
    );
  } else
    process.stderr.write(`latchkey: ${error instanceof Error ? error.stack : String(error)}\n`);
}

function isPortTaken(error: unknown): error is { port: number } {
  return (error as NodeJS.ErrnoException)?.code === "EADDRINUSE";
}
