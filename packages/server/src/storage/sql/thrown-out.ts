import type { Database, Transaction } from "../database.ts";

/**
 * Whether somebody ended a session of the user after `since`, other than by signing out: what was
 * proven before that begins nothing any more.
 */
export async function wasThrownOut(
  db: Pick<Database, "build">,
  from: Pick<Transaction, "first">,
  userId: string,
  since: number,
): Promise<boolean> {
  const row = await from.first(
    db.build
      .selectFrom("sessions")
      .select("id")
      .where("user_id", "=", userId)
      .where("ended_at", ">", since)
      .where("end_reason", "in", ["revoked", "reuse", "user_disabled"])
      .limit(1),
  );
  return row !== undefined;
}
