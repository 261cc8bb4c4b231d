import type { Database } from "../database.ts";
import type { ClaimedDelivery, WebhookStore } from "../store.ts";
import { newRowId } from "./row-id.ts";
import { disableEndpoint } from "./webhook-endpoints.ts";
import { toDelivery, toEndpoint } from "./webhook-rows.ts";

type Operations = Pick<WebhookStore, "claim" | "finish" | "oldestDue">;

/** Due rows that one look takes in, so that many of one endpoint do not hide the others' for long. */
const LOOK = 200;

export function webhookQueue(db: Database): Operations {
  const due = (now: number, busy: readonly string[]) => {
    const query = db.build
      .selectFrom("webhook_deliveries")
      .select(["id", "endpoint_id"])
      .where("due_at", "<=", now)
      .orderBy("due_at")
      .limit(LOOK);
    return busy.length === 0 ? query : query.where("endpoint_id", "not in", busy);
  };

  return {
    async claim({ limit, perEndpoint, running, leaseMs }) {
      const now = await db.now();
      const left = new Map([...running].map(([id, count]) => [id, perEndpoint - count]));
      const busy = [...left].flatMap(([id, count]) => (count <= 0 ? [id] : []));
      const chosen: string[] = [];
      for (const { id, endpoint_id } of await db.all(due(now, busy))) {
        const room = left.get(endpoint_id) ?? perEndpoint;
        if (room <= 0) continue;
        left.set(endpoint_id, room - 1);
        chosen.push(id);
        if (chosen.length >= limit) break;
      }
      if (chosen.length === 0) return [];
      const claim = newRowId();
      const free = db.build
        .selectFrom("webhook_deliveries")
        .select("id")
        .where("id", "in", chosen)
        .where("due_at", "<=", now);
      // Of two servers that chose one row the second passes it by, or finds it due later.
      const taken = await db.write(
        db.build
          .updateTable("webhook_deliveries")
          .set({ claim, due_at: now + leaseMs })
          .where("id", "in", db.dialect === "postgres" ? free.forUpdate().skipLocked() : free)
          .returningAll(),
      );
      if (taken.length === 0) return [];
      const endpoints = await db.all(
        db.build
          .selectFrom("webhook_endpoints")
          .selectAll()
          .where("id", "in", [...new Set(taken.map((row) => row.endpoint_id))]),
      );
      const events = await db.all(
        db.build
          .selectFrom("webhook_events")
          .selectAll()
          .where("id", "in", [...new Set(taken.map((row) => row.event_id))]),
      );
      const orphans: string[] = [];
      const claimed = taken.flatMap((row): ClaimedDelivery[] => {
        const endpoint = endpoints.find(({ id }) => id === row.endpoint_id);
        const event = events.find(({ id }) => id === row.event_id);
        if (!endpoint || !event) {
          orphans.push(row.id);
          return [];
        }
        return [
          {
            delivery: toDelivery(row),
            claim,
            endpoint: toEndpoint(endpoint),
            event: {
              id: event.id,
              appId: event.app_id,
              createdAt: event.created_at,
              happening: JSON.parse(event.data),
            },
          },
        ];
      });
      // Written while its endpoint was deleted, or sent again when its event had gone.
      if (orphans.length > 0) {
        await db.write(db.build.deleteFrom("webhook_deliveries").where("id", "in", orphans));
      }
      return claimed;
    },

    finish: ({ delivery, claim }, result, after, failingMs) =>
      db.transaction(async (tx) => {
        const kept = await tx.all(
          db.build
            .updateTable("webhook_deliveries")
            .set({
              state: after.kind === "retry" ? "pending" : after.kind,
              tries: delivery.tries + 1,
              due_at: after.kind === "retry" ? tx.now + after.inMs : null,
              claim: null,
              last_status: result.status,
            })
            .where("id", "=", delivery.id)
            .where("claim", "=", claim)
            .returning("id"),
        );
        await tx.all(
          db.build.insertInto("webhook_attempts").values({
            id: newRowId(),
            delivery_id: delivery.id,
            status: result.status,
            error: result.error,
            answer: result.answer,
            duration_ms: result.durationMs,
            at: tx.now,
          }),
        );
        const id = delivery.endpointId;
        if (after.kind === "delivered") {
          // Nothing is written while all is well.
          await tx.all(
            db.build
              .updateTable("webhook_endpoints")
              .set({ failing_at: null })
              .where("id", "=", id)
              .where("failing_at", "is not", null),
          );
          return kept.length === 1;
        }
        await tx.all(
          db.build
            .updateTable("webhook_endpoints")
            .set({ failing_at: tx.now })
            .where("id", "=", id)
            .where("failing_at", "is", null),
        );
        if (after.kind === "failed") {
          const { disable } = after;
          const endpoint = await tx.first(
            db.build.selectFrom("webhook_endpoints").select("failing_at").where("id", "=", id),
          );
          const failedFor = tx.now - (endpoint?.failing_at ?? tx.now);
          if (disable ?? failedFor >= failingMs) {
            await disableEndpoint(db, tx, id, disable ?? "failing");
          }
        }
        return kept.length === 1;
      }),

    async oldestDue() {
      const row = await db.first(
        db.build
          .selectFrom("webhook_deliveries")
          .select("due_at")
          .where("due_at", "is not", null)
          .orderBy("due_at")
          .limit(1),
      );
      return row?.due_at ?? null;
    },
  };
}
