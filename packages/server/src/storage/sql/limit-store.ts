import { type CompiledQuery, sql } from "kysely";
import type { Database } from "../database.ts";
import { prepare } from "../prepared.ts";
import type { LimitStore } from "../store.ts";

/** Parallel takers look at the clock a little before they write. */
const CLOCK_TOLERANCE_MS = 60_000;

/**
 * Fixed windows that start at the first use, one row each, so that a limit holds across instances.
 */
export function sqlLimitStore(db: Database): LimitStore {
  type Values = { id: string; now: number; resets: number; max: number };
  const take: (values: Values) => CompiledQuery<{ used: number }> = prepare<
    Values,
    { used: number }
  >(db.build, (param) => {
    // A window that ends later than one begun now was begun before the clock was set back.
    const isOver = sql`(limits.resets_at <= CAST(${param("now")} AS bigint)
      OR limits.resets_at > excluded.resets_at + ${sql.lit(CLOCK_TOLERANCE_MS)})`;
    return sql`INSERT INTO limits (id, used, resets_at)
      VALUES (${param("id")}, 1, CAST(${param("resets")} AS bigint))
      ON CONFLICT (id) DO UPDATE SET
        used = CASE WHEN ${isOver} THEN 1 ELSE limits.used + 1 END,
        resets_at = CASE WHEN ${isOver} THEN excluded.resets_at ELSE limits.resets_at END
      WHERE ${isOver} OR limits.used < CAST(${param("max")} AS bigint)
      RETURNING used`;
  });

  return {
    async take(id, max, windowMs) {
      const now = await db.now();
      const taken = await db.write(take({ id, now, resets: now + windowMs, max }));
      if (taken.length === 1) return { ok: true };
      const row = await db.first(
        db.build.selectFrom("limits").select("resets_at").where("id", "=", id),
      );
      const waitMs = (row?.resets_at ?? now) - now;
      return { ok: false, waitMs: Math.min(windowMs, Math.max(1, waitMs)) };
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
