import { sql } from "kysely";
import type { Database } from "../database.ts";
import type { PurgeStore } from "../store.ts";

const DAY = 86_400_000;
/** How long a trail is kept after its last line. */
const TRAIL_DAYS = 90;
/** Longer than any record that still points at a released label is likely to be forgotten. */
const RELEASED_DAYS = 400;
/** They hold what the users were; longer than any schedule of retries. */
const WEBHOOK_DAYS = 30;

/** Each table with the time column after which none of its rows matters to any rule. */
const KINDS = [
  { table: "sessions", column: "absolute_expires_at", keepMs: DAY },
  { table: "session_events", column: "at", keepMs: TRAIL_DAYS * DAY },
  { table: "codes", column: "expires_at", keepMs: 0 },
  { table: "replays", column: "expires_at", keepMs: 0 },
  // Kept a day longer, so that a late second use still revokes what the first began.
  { table: "authorization_codes", column: "expires_at", keepMs: DAY },
  { table: "sign_ins", column: "expires_at", keepMs: 0 },
  { table: "device_grants", column: "expires_at", keepMs: DAY },
  { table: "pending_sign_ins", column: "expires_at", keepMs: 0 },
  { table: "mailed_codes", column: "expires_at", keepMs: DAY },
  { table: "password_resets", column: "expires_at", keepMs: DAY },
  { table: "provider_steps", column: "expires_at", keepMs: 0 },
  { table: "passkey_challenges", column: "expires_at", keepMs: 0 },
  { table: "limits", column: "resets_at", keepMs: 0 },
  { table: "domain_events", column: "at", keepMs: RELEASED_DAYS * DAY },
  { table: "domains", column: "released_at", keepMs: RELEASED_DAYS * DAY },
  { table: "target_labels", column: "released_at", keepMs: RELEASED_DAYS * DAY },
  { table: "webhook_attempts", column: "at", keepMs: WEBHOOK_DAYS * DAY },
  { table: "webhook_deliveries", column: "created_at", keepMs: WEBHOOK_DAYS * DAY },
  { table: "webhook_events", column: "created_at", keepMs: WEBHOOK_DAYS * DAY },
  { table: "acme_challenges", column: "expires_at", keepMs: 0 },
] as const;

/**
 * Small deletes by key. Several instances may purge at once: PostgreSQL skips rows another holds,
 * and a row deleted twice is deleted once.
 */
export function sqlPurgeStore(db: Database): PurgeStore {
  const skipLocked = db.dialect === "postgres" ? sql`FOR UPDATE SKIP LOCKED` : sql``;
  return {
    async purge(batch, until = Number.POSITIVE_INFINITY) {
      const now = Math.min(await db.now(), until);
      let gone = 0;
      for (const { table, column, keepMs } of KINDS) {
        const rows = await db.write<{ id: string }>(
          sql<{ id: string }>`DELETE FROM ${sql.table(table)} WHERE id IN (
              SELECT id FROM ${sql.table(table)}
              WHERE ${sql.ref(column)} <= ${now - keepMs} LIMIT ${batch} ${skipLocked})
            RETURNING id`.compile(db.build),
        );
        gone += rows.length;
      }
      return gone;
    },
  };
}
