import { unknownApp } from "./apps.ts";
import { readArguments } from "./arguments.ts";
import { UsageError } from "./failure.ts";
import { table, withOperator } from "./operator.ts";

/** Who acted in whose place, and why, for as long as trails are kept. */
export async function listImpersonationsCommand(args: string[]): Promise<number> {
  const { values, positionals } = readArguments(args, ["app id"], {
    limit: { type: "string", default: "50" },
  });
  const [appId] = positionals;
  const limit = Number(values.limit);
  if (!Number.isInteger(limit) || limit < 1 || limit > 1000) {
    throw new UsageError("--limit takes a number from 1 to 1000.");
  }
  const events = await withOperator(async ({ store }) => {
    if (!(await store.apps.find(appId))) throw unknownApp(appId);
    return store.impersonations.list(appId, limit);
  });
  const rows = events.map(({ at, step, email, userEmail, userId, reason, sessionId }) => [
    new Date(at).toISOString(),
    step,
    email,
    userEmail ?? userId,
    sessionId ?? "-",
    reason ?? "-",
  ]);
  process.stdout.write(
    rows.length === 0
      ? "Nobody has acted as a user of this app in the last 90 days.\n"
      : table([["WHEN", "WHAT", "OPERATOR", "USER", "SESSION", "REASON"], ...rows]),
  );
  return 0;
}
