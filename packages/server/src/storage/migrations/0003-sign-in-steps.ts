import { type Kysely, sql } from "kysely";
import type { Transaction } from "../database.ts";
import type { Schema } from "../schema.ts";
import type { Migration } from "./migration.ts";

/** What stands between proof and session: devices, pending sign-ins, resets, invitations. */
const tables = [
  `device_grants (
    id text PRIMARY KEY,
    app_id text NOT NULL REFERENCES apps (id) ON DELETE CASCADE,
    user_code text NOT NULL UNIQUE,
    status text NOT NULL,
    user_id text REFERENCES users (id) ON DELETE CASCADE,
    auth_method text,
    authenticated_at bigint,
    user_agent text,
    ip text,
    interval_ms bigint NOT NULL,
    polled_at bigint,
    created_at bigint NOT NULL,
    expires_at bigint NOT NULL)`,
  `pending_sign_ins (
    id text PRIMARY KEY,
    app_id text NOT NULL REFERENCES apps (id) ON DELETE CASCADE,
    user_id text NOT NULL REFERENCES users (id) ON DELETE CASCADE,
    waits_for text NOT NULL,
    email text NOT NULL,
    auth_method text NOT NULL,
    authenticated_at bigint NOT NULL,
    created_at bigint NOT NULL,
    expires_at bigint NOT NULL,
    used_at bigint)`,
  `mailed_codes (
    id text PRIMARY KEY,
    app_id text NOT NULL REFERENCES apps (id) ON DELETE CASCADE,
    user_id text NOT NULL REFERENCES users (id) ON DELETE CASCADE,
    kind text NOT NULL,
    email text NOT NULL,
    sealed_code text NOT NULL,
    created_at bigint NOT NULL,
    expires_at bigint NOT NULL)`,
  `password_resets (
    id text PRIMARY KEY,
    app_id text NOT NULL REFERENCES apps (id) ON DELETE CASCADE,
    user_id text NOT NULL REFERENCES users (id) ON DELETE CASCADE,
    email text NOT NULL,
    token_hash text NOT NULL UNIQUE,
    sealed_token text NOT NULL,
    created_at bigint NOT NULL,
    expires_at bigint NOT NULL,
    used_at bigint)`,
  `invitations (
    id text PRIMARY KEY,
    app_id text NOT NULL REFERENCES apps (id) ON DELETE CASCADE,
    email text NOT NULL,
    organization_id text REFERENCES organizations (id) ON DELETE CASCADE,
    role text,
    inviter_user_id text,
    token_hash text NOT NULL UNIQUE,
    sealed_token text NOT NULL,
    created_at bigint NOT NULL,
    updated_at bigint NOT NULL,
    expires_at bigint NOT NULL,
    accepted_at bigint,
    accepted_user_id text,
    revoked_at bigint)`,
];

const indexes = [
  "INDEX device_grants_expiry ON device_grants (expires_at)",
  "INDEX pending_sign_ins_expiry ON pending_sign_ins (expires_at)",
  "INDEX mailed_codes_expiry ON mailed_codes (expires_at)",
  "INDEX password_resets_user ON password_resets (user_id)",
  "INDEX password_resets_expiry ON password_resets (expires_at)",
  "INDEX invitations_created ON invitations (app_id, created_at, id)",
  "INDEX invitations_email ON invitations (app_id, email)",
  "INDEX invitations_organization ON invitations (organization_id)",
];

async function up(tx: Transaction, build: Kysely<Schema>): Promise<void> {
  for (const table of tables) await tx.all(sql.raw(`CREATE TABLE ${table}`).compile(build));
  for (const index of indexes) await tx.all(sql.raw(`CREATE ${index}`).compile(build));
}

export const signInSteps: Migration = {
  version: 3,
  name: "sign-in steps",
  oldestCompatible: 1,
  up,
};
