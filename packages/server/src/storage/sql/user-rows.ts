import { sql } from "kysely";
import type { Database, Transaction } from "../database.ts";
import { prepare } from "../prepared.ts";
import type { AccountKey, NewAccount, User } from "../store.ts";
import { opaqueText } from "./opaque-text.ts";
import { insertPasskey } from "./passkey-rows.ts";
import { newRowId } from "./row-id.ts";
import { type AccountRow, toAccount, toUser, type UserRow } from "./rows.ts";

type Reader = Pick<Transaction, "all">;

/** Reads whole users, accounts included, in one statement each. */
export function prepareUserReads(db: Database) {
  const joined = sql`SELECT u.*, a.type, a.subject, a.verified_at, a.first_verified_at, a.latest_verified_at, a.unverified, a.data
    FROM users u LEFT JOIN accounts a ON a.user_id = u.id`;
  type JoinedRow = UserRow & AccountRow;
  const byId = prepare<{ appId: string; id: string }, JoinedRow>(
    db.build,
    (param) =>
      sql`${joined} WHERE u.id = ${opaqueText(param("id"))} AND u.app_id = ${opaqueText(param("appId"))}
          ORDER BY a.first_verified_at, a.id`,
  );
  const byAccount = prepare<{ appId: string; type: string; subject: string }, JoinedRow>(
    db.build,
    (param) =>
      sql`${joined} WHERE u.id = (SELECT user_id FROM accounts WHERE app_id = ${param("appId")}
          AND type = ${param("type")} AND subject = ${param("subject")}) ORDER BY a.first_verified_at, a.id`,
  );

  const fold = (rows: JoinedRow[]): User | null => {
    const [row] = rows;
    return row ? toUser(row, rows.filter((each) => each.type !== null).map(toAccount)) : null;
  };

  return {
    find: async (from: Reader, appId: string, id: string) =>
      fold(await from.all(byId({ appId, id }))),
    findByAccount: async (from: Reader, appId: string, { type, subject }: AccountKey) =>
      fold(await from.all(byAccount({ appId, type, subject }))),
    /** The users of `rows`, in their order. */
    async complete(from: Reader, rows: readonly UserRow[]): Promise<User[]> {
      if (rows.length === 0) return [];
      const accounts = await from.all(
        db.build
          .selectFrom("accounts")
          .selectAll()
          .where(
            "user_id",
            "in",
            rows.map((row) => row.id),
          )
          .orderBy("first_verified_at")
          .orderBy("id"),
      );
      return rows.map((row) =>
        toUser(row, accounts.filter((account) => account.user_id === row.id).map(toAccount)),
      );
    },
  };
}

export async function insertUser(
  db: Database,
  tx: Transaction,
  appId: string,
  ids: { id: string; serverId: string },
  options: { isGuest: boolean; customMetadata: object | null },
): Promise<void> {
  await tx.all(
    db.build.insertInto("users").values({
      id: ids.id,
      server_id: ids.serverId,
      app_id: appId,
      is_guest: options.isGuest ? 1 : 0,
      accepted_terms_at: null,
      custom_metadata: options.customMetadata && JSON.stringify(options.customMetadata),
      disabled_at: null,
      created_at: tx.now,
      last_sign_in_at: null,
    }),
  );
}

/** Throws UniqueViolation when the account belongs to a user already. */
export async function insertAccount(
  db: Database,
  tx: Transaction,
  appId: string,
  userId: string,
  { type, subject, data = {}, passkey }: NewAccount,
): Promise<void> {
  const id = newRowId();
  await tx.all(
    db.build.insertInto("accounts").values({
      id,
      user_id: userId,
      app_id: appId,
      type,
      subject,
      data: JSON.stringify(data),
      verified_at: tx.now,
      first_verified_at: tx.now,
      latest_verified_at: tx.now,
    }),
  );
  if (passkey) await insertPasskey(db, tx, id, passkey);
}

/** Spends a one-time code; false when it was spent or ran out meanwhile (ASVS 6.5.1). */
export async function spendCode(db: Database, tx: Transaction, codeId: string): Promise<boolean> {
  const spent = await tx.all(
    db.build
      .updateTable("codes")
      .set({ used_at: tx.now })
      .where("id", "=", codeId)
      .where("used_at", "is", null)
      .where("expires_at", ">", tx.now)
      .returning("id"),
  );
  return spent.length === 1;
}
