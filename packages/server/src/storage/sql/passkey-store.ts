import type { Database, Transaction } from "../database.ts";
import type { PasskeyPurpose, PasskeyStore } from "../store.ts";
import { toPasskey } from "./passkey-rows.ts";

export function sqlPasskeyStore(db: Database): PasskeyStore {
  const withAccount = (appId: string) =>
    db.build
      .selectFrom("accounts")
      .innerJoin("passkeys", "passkeys.id", "accounts.id")
      .where("accounts.app_id", "=", appId)
      .where("accounts.type", "=", "passkey")
      .selectAll("passkeys")
      .select(["accounts.user_id", "accounts.subject", "accounts.data"]);

  const accountOf = (tx: Pick<Transaction, "first">, appId: string, credentialId: string) =>
    tx.first(
      db.build
        .selectFrom("accounts")
        .select(["id", "user_id", "data"])
        .where("app_id", "=", appId)
        .where("type", "=", "passkey")
        .where("subject", "=", credentialId),
    );

  return {
    createChallenge: (challenge) =>
      db.transaction(async (tx) => {
        await tx.all(
          db.build.insertInto("passkey_challenges").values({
            id: challenge.id,
            app_id: challenge.appId,
            client_id: challenge.clientId,
            purpose: challenge.purpose,
            user_id: challenge.userId,
            rp_id: challenge.rpId,
            origin: challenge.origin,
            binding: challenge.binding,
            created_at: tx.now,
            expires_at: tx.now + challenge.lifetimeMs,
            used_at: null,
          }),
        );
      }),

    async spendChallenge(appId, id) {
      const [row] = await db.transaction((tx) =>
        tx.all(
          db.build
            .updateTable("passkey_challenges")
            .set({ used_at: tx.now })
            .where("id", "=", id)
            .where("app_id", "=", appId)
            .where("used_at", "is", null)
            .where("expires_at", ">", tx.now)
            .returningAll(),
        ),
      );
      if (!row) return null;
      return {
        id: row.id,
        appId: row.app_id,
        clientId: row.client_id,
        purpose: row.purpose as PasskeyPurpose,
        userId: row.user_id,
        rpId: row.rp_id,
        origin: row.origin,
        binding: row.binding,
      };
    },

    async find(appId, credentialId) {
      const row = await db.first(withAccount(appId).where("accounts.subject", "=", credentialId));
      return row ? toPasskey(row) : null;
    },

    async ofUser(appId, userId) {
      const rows = await db.all(
        withAccount(appId)
          .where("accounts.user_id", "=", userId)
          .orderBy("passkeys.created_at")
          .orderBy("passkeys.id"),
      );
      return rows.map(toPasskey);
    },

    recordUse: (appId, credentialId, { counter, backedUp }) =>
      db.transaction(async (tx) => {
        const account = await accountOf(tx, appId, credentialId);
        if (!account) return "gone";
        const used = await tx.all(
          db.build
            .updateTable("passkeys")
            .set({ counter, backed_up: backedUp ? 1 : 0, last_used_at: tx.now })
            .where("id", "=", account.id)
            .where((row) => (counter === 0 ? row("counter", "=", 0) : row("counter", "<", counter)))
            .returning("id"),
        );
        if (used.length === 1) return "recorded";
        const regressed = await tx.all(
          db.build
            .updateTable("passkeys")
            .set({ regressed_at: tx.now })
            .where("id", "=", account.id)
            .returning("id"),
        );
        return regressed.length === 1 ? "regressed" : "gone";
      }),

    rename: (appId, userId, credentialId, name) =>
      db.transaction(async (tx) => {
        const account = await accountOf(tx, appId, credentialId);
        if (account?.user_id !== userId) return false;
        const data = { ...JSON.parse(account.data), authenticator_name: name };
        const renamed = await tx.all(
          db.build
            .updateTable("accounts")
            .set({ data: JSON.stringify(data) })
            .where("id", "=", account.id)
            .returning("id"),
        );
        return renamed.length === 1;
      }),
  };
}
