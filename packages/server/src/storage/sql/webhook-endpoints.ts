import { sql } from "kysely";
import type { Database, Transaction } from "../database.ts";
import type { WebhookEndpoint, WebhookStore } from "../store.ts";
import { toEndpoint } from "./webhook-rows.ts";

type Operations = Pick<
  WebhookStore,
  | "endpoints"
  | "findEndpoint"
  | "createEndpoint"
  | "updateEndpoint"
  | "deleteEndpoint"
  | "replaceSecret"
>;

export function webhookEndpointOperations(db: Database): Operations {
  return {
    async endpoints(appId) {
      const rows = await db.all(
        db.build
          .selectFrom("webhook_endpoints")
          .selectAll()
          .where("app_id", "=", appId)
          .orderBy("created_at")
          .orderBy("id"),
      );
      return rows.map(toEndpoint);
    },

    async findEndpoint(appId, id) {
      const row = await db.first(
        db.build
          .selectFrom("webhook_endpoints")
          .selectAll()
          .where("id", "=", id)
          .where("app_id", "=", appId),
      );
      return row ? toEndpoint(row) : null;
    },

    createEndpoint: ({ id, appId, url, description, events, sealedSecret }, max) =>
      db.transaction(async (tx) => {
        // Locks the app row: two that are made at once count each other.
        await tx.all(
          db.build
            .updateTable("apps")
            .set((app) => ({ name: app.ref("name") }))
            .where("id", "=", appId),
        );
        const there = await tx.all(
          db.build.selectFrom("webhook_endpoints").select("id").where("app_id", "=", appId),
        );
        if (there.length >= max) return false;
        await tx.all(
          db.build.insertInto("webhook_endpoints").values({
            id,
            app_id: appId,
            url,
            description,
            events: JSON.stringify(events),
            sealed_secret: sealedSecret,
            previous_sealed_secret: null,
            previous_expires_at: null,
            enabled: 1,
            disabled_reason: null,
            disabled_at: null,
            failing_at: null,
            version: 1,
            created_at: tx.now,
            updated_at: tx.now,
          }),
        );
        return true;
      }),

    updateEndpoint: ({ id, version }, { url, description, events, enabled }) =>
      db.transaction(async (tx) => {
        const row = await tx.first(
          db.build
            .updateTable("webhook_endpoints")
            .set({
              ...(url !== undefined && { url }),
              ...(description !== undefined && { description }),
              ...(events !== undefined && { events: JSON.stringify(events) }),
              ...(enabled === true && {
                enabled: 1,
                disabled_reason: null,
                disabled_at: null,
                failing_at: null,
              }),
              version: sql<number>`version + 1`,
              updated_at: tx.now,
            })
            .where("id", "=", id)
            .where("version", "=", version)
            .returningAll(),
        );
        if (!row) return null;
        if (enabled !== false || row.enabled === 0) return toEndpoint(row);
        return disableEndpoint(db, tx, id, "admin");
      }),

    async deleteEndpoint(appId, id) {
      const gone = await db.write(
        db.build
          .deleteFrom("webhook_endpoints")
          .where("id", "=", id)
          .where("app_id", "=", appId)
          .returning("id"),
      );
      if (gone.length === 0) return false;
      // Small batches, so that nothing waits long behind them; retention takes what a crash leaves.
      while ((await deleteDeliveries(db, id)) === BATCH);
      return true;
    },

    replaceSecret: (id, sealedSecret, overlapMs) =>
      db.transaction(async (tx) => {
        await tx.all(
          db.build
            .updateTable("webhook_endpoints")
            .set((row) => ({
              previous_sealed_secret: overlapMs > 0 ? row.ref("sealed_secret") : null,
              previous_expires_at: overlapMs > 0 ? tx.now + overlapMs : null,
              sealed_secret: sealedSecret,
              version: sql<number>`version + 1`,
              updated_at: tx.now,
            }))
            .where("id", "=", id),
        );
      }),
  };
}

const BATCH = 500;

async function deleteDeliveries(db: Database, endpointId: string): Promise<number> {
  return db.transaction(async (tx) => {
    const rows = await tx.all(
      db.build
        .selectFrom("webhook_deliveries")
        .select("id")
        .where("endpoint_id", "=", endpointId)
        .limit(BATCH),
    );
    const ids = rows.map(({ id }) => id);
    if (ids.length === 0) return 0;
    await tx.all(db.build.deleteFrom("webhook_attempts").where("delivery_id", "in", ids));
    await tx.all(db.build.deleteFrom("webhook_deliveries").where("id", "in", ids));
    return ids.length;
  });
}

/** Gives up what waits for it: the log says so, and a resend brings it back. */
export async function disableEndpoint(
  db: Database,
  tx: Transaction,
  id: string,
  reason: NonNullable<WebhookEndpoint["disabledReason"]>,
): Promise<WebhookEndpoint | null> {
  const row = await tx.first(
    db.build
      .updateTable("webhook_endpoints")
      .set({
        enabled: 0,
        disabled_reason: reason,
        disabled_at: tx.now,
        version: sql<number>`version + 1`,
        updated_at: tx.now,
      })
      .where("id", "=", id)
      .where("enabled", "=", 1)
      .returningAll(),
  );
  if (!row) return null;
  await tx.all(
    db.build
      .updateTable("webhook_deliveries")
      .set({ state: "failed", due_at: null, claim: null })
      .where("endpoint_id", "=", id)
      .where("due_at", "is not", null),
  );
  return toEndpoint(row);
}
