import { type Kysely, sql } from "kysely";
import type { Dialect, Transaction } from "../database.ts";
import type { Schema } from "../schema.ts";
import type { Migration } from "./migration.ts";

/** Who manages the deployment, and what they changed. */
const tables = [
  `admins (
    id text PRIMARY KEY,
    email text NOT NULL UNIQUE,
    role text NOT NULL,
    last_seen_at bigint,
    created_at bigint NOT NULL)`,
  `admin_invitations (
    id text PRIMARY KEY,
    token_hash text NOT NULL UNIQUE,
    email text,
    role text NOT NULL,
    created_at bigint NOT NULL,
    expires_at bigint NOT NULL)`,
  `admin_api_keys (
    id text PRIMARY KEY,
    hash text NOT NULL UNIQUE,
    name text NOT NULL,
    role text NOT NULL,
    last_used_at bigint,
    created_at bigint NOT NULL,
    expires_at bigint)`,
  // It outlives everything that it speaks of.
  `audit_log (
    id text PRIMARY KEY,
    at bigint NOT NULL,
    actor_kind text NOT NULL,
    actor_id text,
    actor_name text,
    action text NOT NULL,
    app_id text,
    target text,
    outcome text NOT NULL,
    before text,
    after text,
    request_id text)`,
];

const indexes = [
  "INDEX admin_invitations_expiry ON admin_invitations (expires_at)",
  "INDEX audit_log_at ON audit_log (at, id)",
  "INDEX audit_log_app ON audit_log (app_id, at, id)",
  "INDEX audit_log_action ON audit_log (action, at, id)",
  "INDEX audit_log_actor ON audit_log (actor_id, at, id)",
];

async function up(tx: Transaction, build: Kysely<Schema>, dialect: Dialect): Promise<void> {
  // By bytes, so that a range of them is a beginning, whatever language the database sorts by.
  const byBytes = dialect === "postgres" ? sql.raw(` COLLATE "C"`) : sql.raw("");
  await tx.all(
    sql`CREATE INDEX accounts_subject ON accounts (app_id, subject${byBytes})`.compile(build),
  );
  for (const table of tables) await tx.all(sql.raw(`CREATE TABLE ${table}`).compile(build));
  for (const index of indexes) await tx.all(sql.raw(`CREATE ${index}`).compile(build));
}

export const management: Migration = { version: 5, name: "management", oldestCompatible: 1, up };
