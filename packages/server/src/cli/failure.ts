import { LatchkeyError } from "@latchkey/core/errors";
import { ConfigurationError } from "../config/config.ts";

/** The command line itself is wrong; the message says how to write it. */
export class UsageError extends Error {
  override readonly name = "UsageError";
}

/** What the command names is not there; asking again in another way would not help. */
export class NotFoundError extends Error {
  override readonly name = "NotFoundError";
}

/** One plain message for what an operator can mend, the stack for what only we can. */
export function describeFailure(error: unknown): string {
  const isPlain =
    error instanceof LatchkeyError ||
    error instanceof ConfigurationError ||
    error instanceof UsageError ||
    error instanceof NotFoundError;
  if (isPlain) return error.message;
  return (
    machineFailure(error) ??
    (error instanceof Error ? (error.stack ?? error.message) : String(error))
  );
}

/** What the operating system refused: no stack of ours explains it better than its own words. */
function machineFailure(error: unknown): string | undefined {
  const { code, message, port, syscall } = error as NodeJS.ErrnoException & { port?: number };
  if (syscall === undefined) return undefined;
  if (syscall !== "listen") return message;
  switch (code) {
    case "EADDRINUSE":
      return `port ${port} is taken. Stop what listens there, or set PORT (LATCHKEY_TLS_PORT, where it is that one) to another.`;
    case "EACCES":
      return `port ${port} needs more rights than this user has. Choose one above 1023, with a proxy in front, or give the service the right to bind it (CAP_NET_BIND_SERVICE).`;
    case "EADDRNOTAVAIL":
    case "ENOTFOUND":
      return "this machine does not have the address in LATCHKEY_HOST. 0.0.0.0 stands for all it has.";
    default:
      return message;
  }
}
