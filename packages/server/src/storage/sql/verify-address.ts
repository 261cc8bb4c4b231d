import type { Database, Transaction } from "../database.ts";

/**
 * Counts the user's address as proven, and keeps the password: for proofs by who knows it too, or
 * for whom the app's server vouches. False when the user has another address by now.
 */
export async function verifyAddress(
  db: Database,
  tx: Transaction,
  { appId, userId, email }: { appId: string; userId: string; email: string },
): Promise<boolean> {
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
  return verified.length === 1;
}
