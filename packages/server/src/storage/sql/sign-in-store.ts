import type { Database } from "../database.ts";
import type { SignInRecord, SignInStore } from "../store.ts";
import { wasThrownOut } from "./thrown-out.ts";

export function sqlSignInStore(db: Database): SignInStore {
  return {
    begin: (signIn) =>
      db.transaction(async (tx) => {
        // A disable or delete that runs now is seen here, or finds this sign-in to take away.
        const [user] = await tx.all(
          db.build
            .updateTable("users")
            .set((row) => ({ created_at: row.ref("created_at") }))
            .where("id", "=", signIn.userId)
            .where("app_id", "=", signIn.appId)
            .where("disabled_at", "is", null)
            .returning("id"),
        );
        if (!user) return null;
        const record: SignInRecord = {
          id: signIn.id,
          appId: signIn.appId,
          userId: signIn.userId,
          account: signIn.account,
          authMethod: signIn.authMethod,
          authenticatedAt: tx.now,
          expiresAt: tx.now + signIn.lifetimeMs,
        };
        await tx.all(
          db.build.insertInto("sign_ins").values({
            id: record.id,
            app_id: record.appId,
            user_id: record.userId,
            account_type: record.account.type,
            account_subject: record.account.subject,
            auth_method: record.authMethod,
            authenticated_at: record.authenticatedAt,
            created_at: tx.now,
            expires_at: record.expiresAt,
          }),
        );
        return record;
      }),

    async find(id) {
      const now = await db.now();
      const row = await db.first(
        db.build
          .selectFrom("sign_ins")
          .innerJoin("users", "users.id", "sign_ins.user_id")
          .innerJoin("accounts", (join) =>
            join
              .onRef("accounts.user_id", "=", "sign_ins.user_id")
              .onRef("accounts.type", "=", "sign_ins.account_type")
              .onRef("accounts.subject", "=", "sign_ins.account_subject"),
          )
          .selectAll("sign_ins")
          .where("sign_ins.id", "=", id)
          .where("sign_ins.expires_at", ">", now)
          .where("users.disabled_at", "is", null),
      );
      if (!row) return null;
      return {
        id: row.id,
        appId: row.app_id,
        userId: row.user_id,
        account: { type: row.account_type, subject: row.account_subject },
        authMethod: row.auth_method,
        authenticatedAt: row.authenticated_at,
        expiresAt: row.expires_at,
      };
    },

    async end(id) {
      await db.write(db.build.deleteFrom("sign_ins").where("id", "=", id));
    },

    wasThrownOut: (userId, since) => wasThrownOut(db, db, userId, since),
  };
}
