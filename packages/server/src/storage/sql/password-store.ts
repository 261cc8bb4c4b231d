import type { Database, Transaction } from "../database.ts";
import type { PasswordStore } from "../store.ts";
import { endSessions } from "./end-sessions.ts";

export function sqlPasswordStore(db: Database): PasswordStore {
  return {
    async find(userId) {
      const row = await db.first(
        db.build.selectFrom("passwords").select("hash").where("user_id", "=", userId),
      );
      return row ?? null;
    },
    set: (userId, hash) => db.transaction((tx) => setPassword(db, tx, userId, hash)),
  };
}

/** Whoever knew the password before is signed out with it (ASVS 7.4.3). */
export async function setPassword(
  db: Database,
  tx: Transaction,
  userId: string,
  hash: string,
): Promise<void> {
  const [user] = await tx.all(
    db.build
      .updateTable("users")
      .set((row) => ({ created_at: row.ref("created_at") }))
      .where("id", "=", userId)
      .returning("id"),
  );
  if (!user) return;
  const replaced = await tx.all(
    db.build.deleteFrom("passwords").where("user_id", "=", userId).returning("user_id"),
  );
  await tx.all(
    db.build.insertInto("passwords").values({ user_id: userId, hash, updated_at: tx.now }),
  );
  if (replaced.length > 0) await signOutWithPassword(db, tx, userId);
}

/**
 * Whoever set a password before the address was proven may not be its owner: it goes, and with it
 * whoever signed in by it (ASVS 7.4.3).
 */
export async function dropPassword(db: Database, tx: Transaction, userId: string): Promise<void> {
  const dropped = await tx.all(
    db.build.deleteFrom("passwords").where("user_id", "=", userId).returning("user_id"),
  );
  if (dropped.length > 0) await signOutWithPassword(db, tx, userId);
}

async function signOutWithPassword(db: Database, tx: Transaction, userId: string): Promise<void> {
  await tx.all(db.build.deleteFrom("sign_ins").where("user_id", "=", userId));
  await endSessions(db, tx, { userId }, { reason: "revoked", event: "password_changed" });
}
