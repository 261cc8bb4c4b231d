import { sql } from "kysely";
import type { Database } from "../database.ts";
import type { AuditActor, AuditRecord, AuditStore } from "../store.ts";

export function sqlAuditStore(db: Database): AuditStore {
  return {
    begin: ({ id, actor, action, appId, target, requestId }) =>
      db.transaction(async (tx) => {
        await tx.all(
          db.build.insertInto("audit_log").values({
            id,
            at: tx.now,
            ...actorColumns(actor),
            action,
            app_id: appId,
            target,
            outcome: "begun",
            before: null,
            after: null,
            request_id: requestId,
          }),
        );
      }),

    async finish(id, { outcome, before, after, actor, appId }) {
      await db.write(
        db.build
          .updateTable("audit_log")
          .set({
            outcome,
            before,
            after,
            ...(actor && actorColumns(actor)),
            ...(appId !== undefined && { app_id: appId }),
          })
          .where("id", "=", id),
      );
    },

    async forget(until, limit) {
      const rows = await db.write<{ id: string }>(
        sql<{ id: string }>`DELETE FROM audit_log WHERE id IN (
            SELECT id FROM audit_log WHERE at <= ${until} ORDER BY at LIMIT ${limit})
          RETURNING id`.compile(db.build),
      );
      return rows.length;
    },

    async list({ appId, action, actorId, since, until, after, limit }) {
      let query = db.build.selectFrom("audit_log").selectAll();
      if (appId !== undefined) query = query.where("app_id", "=", appId);
      if (action !== undefined) query = query.where("action", "=", action);
      if (actorId !== undefined) query = query.where("actor_id", "=", actorId);
      if (since !== undefined) query = query.where("at", ">=", since);
      if (until !== undefined) query = query.where("at", "<=", until);
      if (after) query = query.where(sql<boolean>`(at, id) < (${after.at}, ${after.id})`);
      const rows = await db.all(query.orderBy("at", "desc").orderBy("id", "desc").limit(limit));
      return rows.map(
        (row): AuditRecord => ({
          id: row.id,
          at: row.at,
          actor: {
            kind: row.actor_kind as AuditActor["kind"],
            id: row.actor_id,
            name: row.actor_name,
          },
          action: row.action,
          appId: row.app_id,
          target: row.target,
          outcome: row.outcome as AuditRecord["outcome"],
          before: row.before,
          after: row.after,
          requestId: row.request_id,
        }),
      );
    },
  };
}

const actorColumns = ({ kind, id, name }: AuditActor) => ({
  actor_kind: kind,
  actor_id: id,
  actor_name: name,
});
