import type { Database, Transaction } from "../database.ts";
import { isHeard } from "./announce.ts";
import { announceAccount } from "./announce-users.ts";
import { prepareUserReads } from "./user-rows.ts";

/**
 * Counts the user's address as proven, and keeps the password: for proofs by who knows it too, or
 * for whom the app's server vouches. False when the user has another address by now.
 */
export async function verifyAddress(
  db: Database,
  tx: Transaction,
  { appId, userId, email }: { appId: string; userId: string; email: string },
): Promise<boolean> {
  const key = { type: "email", subject: email };
  const users = prepareUserReads(db);
  const isTold = await isHeard(db, tx, appId, "user.updated_account");
  const before = isTold ? await users.find(tx, appId, userId) : null;
  const verified = await tx.all(
    db.build
      .updateTable("accounts")
      .set({ unverified: null, latest_verified_at: tx.now })
      .where("app_id", "=", appId)
      .where("type", "=", "email")
      .where("subject", "=", email)
      .where("user_id", "=", userId)
      .returning("id"),
  );
  if (before?.accounts.some((each) => each.subject === email && !each.isVerified)) {
    const user = await users.find(tx, appId, userId);
    await announceAccount(db, tx, "user.updated_account", user, key);
  }
  return verified.length === 1;
}
