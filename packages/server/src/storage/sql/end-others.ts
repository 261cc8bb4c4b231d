import type { Database, Transaction } from "../database.ts";
import type { AccountKey } from "../store.ts";
import { endSessions } from "./end-sessions.ts";
import { recordEvent } from "./session-events.ts";

export interface AccountChange {
  readonly event: "account_updated" | "account_unlinked";
  /** The account that is gone. */
  readonly account: AccountKey;
}

/**
 * Whoever came in by the account that is gone is signed out (ASVS 7.4.3), but for the session that
 * asked: its trail keeps the line, as every ended one's does. `sid` is null when the app's server asked.
 */
export async function endOthers(
  db: Database,
  tx: Transaction,
  { sid, ...user }: { appId: string; userId: string; sid: string | null },
  { event, account }: AccountChange,
): Promise<void> {
  const data = { type: account.type };
  await tx.all(db.build.deleteFrom("sign_ins").where("user_id", "=", user.userId));
  const others = { userId: user.userId, except: sid };
  await endSessions(db, tx, others, { reason: "revoked", event, data });
  if (sid !== null) await recordEvent(db, tx, { id: sid, ...user }, event, data);
}
