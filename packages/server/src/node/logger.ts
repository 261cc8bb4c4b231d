import { type DestinationStream, type Logger, pino } from "pino";

/** Errors by what helps and cannot hold a value: a driver's `detail` may quote a row. */
function safeError(error: unknown): unknown {
  if (!(error instanceof Error)) return undefined;
  const { name, message, stack } = error;
  const code = (error as { code?: unknown }).code;
  return { name, message, stack, ...(typeof code === "string" && { code }) };
}

/** Structured log lines. Tokens, codes, secrets and addresses are never passed to it. */
export function openLogger(level: string, destination?: DestinationStream): Logger {
  const options = { level, base: null, serializers: { err: safeError, cause: safeError } };
  return destination ? pino(options, destination) : pino(options);
}
