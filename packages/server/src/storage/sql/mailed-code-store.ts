import type { Database } from "../database.ts";
import type { MailedCode, MailedCodeStore } from "../store.ts";

export function sqlMailedCodeStore(db: Database): MailedCodeStore {
  return {
    create: ({ lifetimeMs, ...code }) =>
      db.transaction(async (tx) => {
        const made: MailedCode = { ...code, createdAt: tx.now, expiresAt: tx.now + lifetimeMs };
        await tx.all(
          db.build.insertInto("mailed_codes").values({
            id: made.id,
            app_id: made.appId,
            user_id: made.userId,
            kind: made.kind,
            email: made.email,
            sealed_code: made.sealedCode,
            created_at: made.createdAt,
            expires_at: made.expiresAt,
          }),
        );
        return made;
      }),

    async find(appId, kind, id) {
      const row = await db.first(
        db.build
          .selectFrom("mailed_codes")
          .selectAll()
          .where("id", "=", id)
          .where("app_id", "=", appId)
          .where("kind", "=", kind),
      );
      if (!row) return null;
      return {
        id: row.id,
        appId: row.app_id,
        userId: row.user_id,
        kind,
        email: row.email,
        sealedCode: row.sealed_code,
        createdAt: row.created_at,
        expiresAt: row.expires_at,
      };
    },
  };
}
