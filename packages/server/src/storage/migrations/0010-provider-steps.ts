import { type Kysely, sql } from "kysely";
import type { Transaction } from "../database.ts";
import type { Schema } from "../schema.ts";
import type { Migration } from "./migration.ts";

/** What a sign-in at a provider keeps between its steps. */
const statements = [
  `TABLE provider_steps (
    id text PRIMARY KEY,
    app_id text NOT NULL,
    provider_id text NOT NULL,
    kind text NOT NULL,
    sealed text NOT NULL,
    created_at bigint NOT NULL,
    expires_at bigint NOT NULL,
    used_at bigint)`,
  "INDEX provider_steps_expiry ON provider_steps (expires_at)",
];

async function up(tx: Transaction, build: Kysely<Schema>): Promise<void> {
  for (const statement of statements) await tx.all(sql.raw(`CREATE ${statement}`).compile(build));
}

export const providerSteps: Migration = {
  version: 10,
  name: "provider steps",
  oldestCompatible: 1,
  up,
};
