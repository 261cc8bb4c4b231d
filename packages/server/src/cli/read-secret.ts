import { text } from "node:stream/consumers";
import { UsageError } from "./failure.ts";

/**
 * A secret from the variable, else from standard input; never an argument, which every user of the
 * machine can see while the command runs.
 *
 * @throws UsageError when there is none in either
 */
export async function readSecret(variable: string): Promise<string> {
  const given = process.env[variable] ?? (process.stdin.isTTY ? "" : await text(process.stdin));
  const secret = given.trim();
  if (secret !== "") return secret;
  throw new UsageError(
    `The client secret is missing. Give it on standard input (< secret.txt) or in ${variable}; a client without one takes --public.`,
  );
}
