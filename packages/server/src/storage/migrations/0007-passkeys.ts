import { type Kysely, sql } from "kysely";
import type { Transaction } from "../database.ts";
import type { Schema } from "../schema.ts";
import type { Migration } from "./migration.ts";

const tables = [
  // It goes with its account, whoever removes that: a release that knows no passkeys, too.
  `passkeys (
    id text PRIMARY KEY REFERENCES accounts (id) ON DELETE CASCADE,
    rp_id text NOT NULL,
    public_key text NOT NULL,
    counter bigint NOT NULL,
    backup_eligible integer NOT NULL,
    backed_up integer NOT NULL,
    transports text NOT NULL,
    aaguid text NOT NULL,
    created_at bigint NOT NULL,
    last_used_at bigint,
    regressed_at bigint)`,
  `passkey_challenges (
    id text PRIMARY KEY,
    app_id text NOT NULL,
    client_id text,
    purpose text NOT NULL,
    user_id text,
    rp_id text NOT NULL,
    origin text,
    binding text,
    created_at bigint NOT NULL,
    expires_at bigint NOT NULL,
    used_at bigint)`,
];

const indexes = ["INDEX passkey_challenges_expiry ON passkey_challenges (expires_at)"];

async function up(tx: Transaction, build: Kysely<Schema>): Promise<void> {
  for (const table of tables) await tx.all(sql.raw(`CREATE TABLE ${table}`).compile(build));
  for (const index of indexes) await tx.all(sql.raw(`CREATE ${index}`).compile(build));
}

export const passkeys: Migration = { version: 7, name: "passkeys", oldestCompatible: 1, up };
