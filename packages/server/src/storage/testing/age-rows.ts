import { sql } from "kysely";
import type { Database } from "../database.ts";
import type { Schema } from "../schema.ts";

/** Every column that holds a time. */
const timeColumns: { readonly [Table in keyof Schema]?: readonly (keyof Schema[Table])[] } = {
  apps: ["created_at", "updated_at"],
  app_secrets: ["created_at", "expires_at"],
  app_clients: ["created_at", "updated_at"],
  users: ["accepted_terms_at", "disabled_at", "created_at", "last_sign_in_at", "updated_at"],
  accounts: ["verified_at", "first_verified_at", "latest_verified_at"],
  sessions: [
    "moved_at",
    "created_at",
    "absolute_expires_at",
    "idle_expires_at",
    "ended_at",
    "authenticated_at",
  ],
  session_events: ["at"],
  codes: ["created_at", "expires_at", "used_at"],
  replays: ["expires_at"],
  limits: ["resets_at"],
  signing_keys: ["created_at", "active_at", "retired_at"],
  token_keys: ["created_at", "active_at", "retired_at"],
  test_accounts: ["created_at", "updated_at"],
  allowlist: ["created_at"],
  authorization_codes: ["authenticated_at", "created_at", "expires_at", "used_at"],
  sign_ins: ["authenticated_at", "created_at", "expires_at"],
  passwords: ["updated_at"],
  organizations: ["created_at", "updated_at"],
  organization_memberships: ["created_at", "updated_at"],
};

/**
 * Lets `ms` pass for everything that the database holds, on a database whose clock nobody can set:
 * all of its rows become that much older.
 */
export async function ageRows(
  db: Database,
  ms: number,
  tables = Object.keys(timeColumns) as (keyof Schema)[],
): Promise<void> {
  for (const table of tables) {
    const columns = (timeColumns[table] ?? []) as readonly string[];
    const changes = columns.map((column) => sql`${sql.ref(column)} = ${sql.ref(column)} - ${ms}`);
    await db.write(sql`UPDATE ${sql.table(table)} SET ${sql.join(changes)}`.compile(db.build));
  }
}
