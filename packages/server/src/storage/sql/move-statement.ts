/**
 * The everyday case of session rule R2 alone: one conditional UPDATE whose WHERE is what
 * `classifyRefresh` of core calls "moved", re-evaluated after a lock wait. Where it finds no such row
 * nothing has happened, and the whole statement of refresh-statement.ts decides. It exists because on
 * SQLite it takes half of that one's time.
 */
import { type CompiledQuery, type Kysely, sql } from "kysely";
import { prepare } from "../prepared.ts";
import type { Schema } from "../schema.ts";
import type { Session } from "../store.ts";
import type { RefreshStatementValues } from "./refresh-statement.ts";
import type { SessionRow } from "./rows.ts";

type MovedRow = Pick<
  SessionRow,
  "generation" | "moved_at" | "late_generation" | "idle_expires_at" | "delivery" | "organization_id"
>;

export function prepareMoveStatement(
  build: Kysely<Schema>,
): (values: RefreshStatementValues) => CompiledQuery<MovedRow> {
  return prepare<RefreshStatementValues, MovedRow>(build, (param) => {
    const now = param("now");
    const at = sql`CASE WHEN ${now} > moved_at THEN ${now} ELSE moved_at END`;
    const idleEnd = sql`(${at}) + ${param("idleMs")}`;
    return sql<MovedRow>`
UPDATE sessions SET
  last_outcome = 'moved',
  generation = generation + 1,
  kid = ${param("currentKid")},
  idle_expires_at = CASE WHEN ${idleEnd} < absolute_expires_at THEN ${idleEnd} ELSE absolute_expires_at END,
  moved_at = ${at}
WHERE id = ${param("sid")} AND token_hash = ${param("tokenHash")}
  AND generation = ${param("presented")} AND ended_at IS NULL
  AND absolute_expires_at > ${now} AND idle_expires_at > ${now}
  AND (CASE WHEN ${now} > moved_at THEN ${now} - moved_at ELSE 0 END) >= ${param("windowMs")}
RETURNING generation, moved_at, late_generation, idle_expires_at, delivery, organization_id`;
  });
}

/** The session after the move, of what the plain read saw before it. */
export function afterMove(before: Session, kid: string, row: MovedRow): Session {
  return {
    ...before,
    kid,
    generation: row.generation,
    movedAt: row.moved_at,
    lateGeneration: row.late_generation,
    idleExpiresAt: row.idle_expires_at,
    delivery: row.delivery as Session["delivery"],
    organizationId: row.organization_id,
    endedAt: null,
    endReason: null,
  };
}
