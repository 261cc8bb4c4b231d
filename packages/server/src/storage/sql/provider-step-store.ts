import type { Selectable } from "kysely";
import type { Database, Transaction } from "../database.ts";
import type { ProviderStepTable } from "../provider-step-tables.ts";
import type { ProviderStep, ProviderStepKind, ProviderStepStore } from "../store.ts";

export function sqlProviderStepStore(db: Database): ProviderStepStore {
  return {
    create: ({ id, appId, providerId, kind, sealed, lifetimeMs }) =>
      db.transaction(async (tx) => {
        await tx.all(
          db.build.insertInto("provider_steps").values({
            id,
            app_id: appId,
            provider_id: providerId,
            kind,
            sealed,
            created_at: tx.now,
            expires_at: tx.now + lifetimeMs,
            used_at: null,
          }),
        );
      }),

    async find(kind, id, { evenUsed = false } = {}) {
      const now = await db.now();
      const row = await db.first(
        db.build
          .selectFrom("provider_steps")
          .selectAll()
          .where("id", "=", id)
          .where("kind", "=", kind)
          .where("expires_at", ">", now),
      );
      return row && (evenUsed || row.used_at === null) ? toStep(row) : null;
    },

    take: (kind, id) =>
      db.transaction(async (tx) => {
        const [row] = await tx.all(useUp(db, tx, id).where("kind", "=", kind).returningAll());
        return row ? toStep(row) : null;
      }),
  };
}

/** Spends a step; false when it was spent or ran out meanwhile. */
export async function spendStep(db: Database, tx: Transaction, id: string): Promise<boolean> {
  const spent = await tx.all(useUp(db, tx, id).returning("id"));
  return spent.length === 1;
}

const useUp = (db: Database, tx: Transaction, id: string) =>
  db.build
    .updateTable("provider_steps")
    .set({ used_at: tx.now })
    .where("id", "=", id)
    .where("used_at", "is", null)
    .where("expires_at", ">", tx.now);

function toStep(row: Selectable<ProviderStepTable>): ProviderStep {
  return {
    id: row.id,
    appId: row.app_id,
    providerId: row.provider_id,
    kind: row.kind as ProviderStepKind,
    sealed: row.sealed,
  };
}
