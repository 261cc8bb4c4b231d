import { type CompiledQuery, sql } from "kysely";
import type { Database } from "../database.ts";
import { prepare } from "../prepared.ts";
import type { LimitStore } from "../store.ts";

/**
 * Fixed windows that start at the first use, one row each, so that a limit holds across instances.
 */
export function sqlLimitStore(db: Database): LimitStore {
  type Taken = { used: number; resets_at: number };
  const take: (values: { id: string; now: number; resets: number }) => CompiledQuery<Taken> =
    prepare(
      db.build,
      (param) => sql<Taken>`INSERT INTO limits (id, used, resets_at)
        VALUES (${param("id")}, 1, CAST(${param("resets")} AS bigint))
        ON CONFLICT (id) DO UPDATE SET
          used = CASE WHEN limits.resets_at <= CAST(${param("now")} AS bigint) THEN 1 ELSE limits.used + 1 END,
          resets_at = CASE WHEN limits.resets_at <= CAST(${param("now")} AS bigint)
            THEN excluded.resets_at ELSE limits.resets_at END
        RETURNING used, resets_at`,
    );

  return {
    async take(id, max, windowMs) {
      const now = await db.now();
      const [row] = await db.write(take({ id, now, resets: now + windowMs }));
      if (!row || row.used <= max) return { ok: true };
      return { ok: false, waitMs: Math.max(1, row.resets_at - now) };
    },
    async giveBack(id) {
      await db.write(
        db.build
          .updateTable("limits")
          .set((row) => ({ used: sql<number>`${row.ref("used")} - 1` }))
          .where("id", "=", id)
          .where("used", ">", 0),
      );
    },
  };
}
