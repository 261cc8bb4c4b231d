import { LatchkeyError } from "@latchkey/core/errors";
import type { App, AppDirectory } from "../../apps/app-directory.ts";

/** The value, or 404 `not_found` that says of what. */
export function found<T>(value: T | null, what: string): T {
  if (value !== null) return value;
  throw new LatchkeyError("not_found", 404, `There is no such ${what}, or not any more.`);
}

export async function requireApp(directory: AppDirectory, appId: string): Promise<App> {
  return found(await directory.find(appId), "app");
}

/** Two people at one thing: the second learns of it, and nothing is overwritten (RFC 9110 section 13.1). */
export function changedMeanwhile(): LatchkeyError {
  return new LatchkeyError(
    "changed_meanwhile",
    409,
    "Somebody changed this since you read it. Read it again, and make your change on what it is now.",
  );
}
