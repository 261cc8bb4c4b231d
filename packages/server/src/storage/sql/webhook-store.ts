import { sql } from "kysely";
import type { Database } from "../database.ts";
import type { WebhookStore } from "../store.ts";
import { addEvent } from "./announce.ts";
import { webhookEndpointOperations } from "./webhook-endpoints.ts";
import { webhookQueue } from "./webhook-queue.ts";
import { toAttempt, toDelivery } from "./webhook-rows.ts";

/** Written out, so that the indexes of what waits and of what failed are known to fit. */
const IN_STATE = {
  pending: sql<boolean>`state = 'pending' AND due_at IS NOT NULL`,
  failed: sql<boolean>`state = 'failed'`,
  delivered: sql<boolean>`state = 'delivered'`,
} as const;

export function sqlWebhookStore(db: Database): WebhookStore {
  const AGAIN = { state: "pending", tries: 0, claim: null } as const;
  return {
    ...webhookEndpointOperations(db),
    ...webhookQueue(db),

    addTest: ({ id, appId }) =>
      db.transaction(async (tx) => {
        const event = { appId, happening: { type: "webhook.test" }, endpoints: [id] } as const;
        return (await addEvent(db, tx, event))[0] ?? "";
      }),

    async deliveries(endpointId, { state, after, limit }) {
      let query = db.build
        .selectFrom("webhook_deliveries")
        .selectAll()
        .where("endpoint_id", "=", endpointId);
      if (state !== undefined) query = query.where(IN_STATE[state]);
      if (after) {
        query = query.where(sql<boolean>`(created_at, id) < (${after.createdAt}, ${after.id})`);
      }
      const rows = await db.all(
        query.orderBy("created_at", "desc").orderBy("id", "desc").limit(limit),
      );
      return rows.map(toDelivery);
    },

    async findDelivery(endpointId, id) {
      const row = await db.first(
        db.build
          .selectFrom("webhook_deliveries")
          .selectAll()
          .where("id", "=", id)
          .where("endpoint_id", "=", endpointId),
      );
      return row ? toDelivery(row) : null;
    },

    async attempts(deliveryId) {
      const rows = await db.all(
        db.build
          .selectFrom("webhook_attempts")
          .selectAll()
          .where("delivery_id", "=", deliveryId)
          .orderBy("at")
          .orderBy("id"),
      );
      return rows.map(toAttempt);
    },

    async findEvent(id) {
      const row = await db.first(
        db.build.selectFrom("webhook_events").selectAll().where("id", "=", id),
      );
      if (!row) return null;
      const { app_id: appId, created_at: createdAt } = row;
      return { id, appId, createdAt, happening: JSON.parse(row.data) };
    },

    async resend(deliveryId) {
      const now = await db.now();
      await db.write(
        db.build
          .updateTable("webhook_deliveries")
          .set({ ...AGAIN, due_at: now })
          .where("id", "=", deliveryId),
      );
    },

    async resendFailed(endpointId, since) {
      const now = await db.now();
      const again = await db.write(
        db.build
          .updateTable("webhook_deliveries")
          .set({ ...AGAIN, due_at: now })
          .where("endpoint_id", "=", endpointId)
          .where(IN_STATE.failed)
          .where("created_at", ">=", since)
          .returning("id"),
      );
      return again.length;
    },
  };
}
