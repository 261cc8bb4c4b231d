import type { Database, Transaction } from "../database.ts";
import type { HappeningOf, Session } from "../store.ts";

/** A session as webhooks tell of it. */
export async function describeSession(
  db: Pick<Database, "build">,
  tx: Transaction,
  session: Session,
): Promise<HappeningOf<"session.created">> {
  const user = await tx.first(
    db.build.selectFrom("users").select("server_id").where("id", "=", session.userId),
  );
  return { session, serverUserId: user?.server_id ?? null };
}
