/**
 * Session rule R2 as one conditional UPDATE. The CASE below is `classifyRefresh` of core in SQL;
 * `refresh-statement.test.ts` holds the two together. `v` carries only the caller's values, so
 * PostgreSQL re-evaluates everything against the row's newest version after a lock wait. The
 * columns of `v` bear no name of the table's.
 */

import type { EndReason } from "@latchkey/core/sessions/rules";
import { type CompiledQuery, type Kysely, sql } from "kysely";
import { prepare } from "../prepared.ts";
import type { Schema } from "../schema.ts";
import type { Delivery, Session } from "../store.ts";
import { opaqueText } from "./opaque-text.ts";
import type { SessionRow } from "./rows.ts";

export interface RefreshStatementValues {
  sid: string;
  tokenHash: string;
  presented: number;
  now: number;
  windowMs: number;
  forgive: number;
  idleMs: number;
  currentKid: string;
}

const insideWindow = sql`(CASE WHEN v.now > moved_at THEN v.now - moved_at ELSE 0 END) < v.window_ms`;

const outcome = sql`CASE
  WHEN ended_at IS NOT NULL THEN 'ended'
  WHEN v.now >= absolute_expires_at THEN 'expired'
  WHEN v.presented > generation THEN 'regressed'
  WHEN v.now >= idle_expires_at THEN 'expired'
  WHEN v.presented = generation THEN CASE WHEN ${insideWindow} THEN 'repeated' ELSE 'moved' END
  WHEN v.presented < generation - 1 THEN 'reuse'
  WHEN ${insideWindow} THEN 'previous'
  WHEN v.forgive = 0 OR late_generation = v.presented OR late_generation = v.presented - 1 THEN 'reuse'
  ELSE 'late_replay' END`;

/**
 * What statements change in a session, and so all that a refresh answers anew: every column that
 * SQLite returns it copies twice.
 */
const CHANGING = [
  "last_outcome",
  "generation",
  "kid",
  "moved_at",
  "late_generation",
  "idle_expires_at",
  "ended_at",
  "end_reason",
  "delivery",
  "organization_id",
] as const satisfies readonly (keyof SessionRow)[];

export type RefreshedRow = Pick<SessionRow, (typeof CHANGING)[number]>;

/** The session after the statement, of what the plain read saw before it. */
export function afterRefresh(before: Session, row: RefreshedRow): Session {
  return {
    ...before,
    generation: row.generation,
    kid: row.kid,
    movedAt: row.moved_at,
    lateGeneration: row.late_generation,
    idleExpiresAt: row.idle_expires_at,
    endedAt: row.ended_at,
    endReason: row.end_reason as EndReason | null,
    delivery: row.delivery as Delivery,
    organizationId: row.organization_id,
  };
}

// Time never runs backwards within a row.
const at = sql`(CASE WHEN v.now > moved_at THEN v.now ELSE moved_at END)`;
const idleEnd = sql`(CASE WHEN ${at} + v.idle_lifetime < absolute_expires_at THEN ${at} + v.idle_lifetime ELSE absolute_expires_at END)`;

export function prepareRefreshStatement(
  build: Kysely<Schema>,
): (values: RefreshStatementValues) => CompiledQuery<RefreshedRow> {
  return prepare<RefreshStatementValues, RefreshedRow>(
    build,
    (param) => sql<RefreshedRow>`
UPDATE sessions SET
  last_outcome = ${outcome},
  generation = CASE ${outcome} WHEN 'moved' THEN generation + 1 WHEN 'regressed' THEN v.presented + 1 ELSE generation END,
  kid = CASE WHEN ${outcome} IN ('moved', 'regressed') THEN v.current_kid ELSE kid END,
  late_generation = CASE ${outcome} WHEN 'late_replay' THEN v.presented ELSE late_generation END,
  idle_expires_at = CASE WHEN ${outcome} IN ('moved', 'regressed', 'late_replay') THEN ${idleEnd} ELSE idle_expires_at END,
  ended_at = CASE ${outcome} WHEN 'reuse' THEN ${at} ELSE ended_at END,
  end_reason = CASE ${outcome} WHEN 'reuse' THEN 'reuse' ELSE end_reason END,
  moved_at = CASE WHEN ${outcome} IN ('moved', 'regressed', 'late_replay') THEN ${at} ELSE moved_at END
FROM (SELECT
  CAST(${param("presented")} AS bigint) AS presented,
  CAST(${param("now")} AS bigint) AS now,
  CAST(${param("windowMs")} AS bigint) AS window_ms,
  CAST(${param("forgive")} AS bigint) AS forgive,
  CAST(${param("idleMs")} AS bigint) AS idle_lifetime,
  CAST(${param("currentKid")} AS text) AS current_kid) AS v
WHERE id = ${opaqueText(param("sid"))} AND token_hash = ${opaqueText(param("tokenHash"))}
RETURNING ${sql.join(CHANGING.map((column) => sql.ref(column)))}`,
  );
}
