import { type Kysely, sql } from "kysely";
import type { Dialect, Transaction } from "../database.ts";
import type { Schema } from "../schema.ts";
import type { Migration } from "./migration.ts";

/** What is counted for charts. Nothing refers to apps: a flush must not fail because one is gone. */
const tables = [
  `insight_buckets (
    app_id text NOT NULL,
    step bigint NOT NULL,
    at bigint NOT NULL,
    metric text NOT NULL,
    label text NOT NULL,
    n bigint NOT NULL,
    PRIMARY KEY (app_id, step, at, metric, label))`,
  `insight_counts (
    app_id text NOT NULL,
    name text NOT NULL,
    n bigint NOT NULL,
    counted_at bigint NOT NULL,
    PRIMARY KEY (app_id, name))`,
];

/**
 * What lists of users and sessions walk along. None of sessions' has a column that a refresh changes,
 * so that PostgreSQL goes on writing no index at a refresh.
 */
const indexes = (byBytes: string) => [
  "insight_buckets_step ON insight_buckets (step, at)",
  "users_last_sign_in ON users (app_id, last_sign_in_at, id) WHERE last_sign_in_at IS NOT NULL",
  "users_disabled ON users (app_id, created_at, id) WHERE disabled_at IS NOT NULL",
  "users_guests ON users (app_id, created_at, id) WHERE is_guest = 1",
  `users_first_name ON users (app_id, (lower(first_name)${byBytes}), id) WHERE first_name IS NOT NULL`,
  `users_last_name ON users (app_id, (lower(last_name)${byBytes}), id) WHERE last_name IS NOT NULL`,
  "accounts_type ON accounts (app_id, type, first_verified_at, id)",
  "sessions_app ON sessions (app_id, created_at, id)",
  "sessions_ended ON sessions (app_id, ended_at, id) WHERE ended_at IS NOT NULL",
  "sessions_end_reason ON sessions (app_id, end_reason, ended_at, id) WHERE ended_at IS NOT NULL",
];

async function up(tx: Transaction, build: Kysely<Schema>, dialect: Dialect): Promise<void> {
  const run = (text: string) => tx.all(sql.raw(text).compile(build));
  const isPostgres = dialect === "postgres";
  for (const table of tables) await run(`CREATE TABLE ${table}`);
  for (const index of indexes(isPostgres ? ` COLLATE "C"` : "")) await run(`CREATE INDEX ${index}`);
  // Room in each page for the row that a refresh writes anew, beside the old one.
  if (isPostgres) await run("ALTER TABLE sessions SET (fillfactor = 85)");
}

export const insightAndScale: Migration = {
  version: 9,
  name: "insight and scale",
  oldestCompatible: 1,
  up,
};
