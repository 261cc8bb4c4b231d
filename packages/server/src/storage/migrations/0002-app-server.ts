import { type Kysely, sql } from "kysely";
import type { Transaction } from "../database.ts";
import type { Schema } from "../schema.ts";
import type { Migration } from "./migration.ts";

/** The app-server protocol: profiles, authorization codes, shared sign-ins, organizations. */
const columns = [
  "users ADD COLUMN first_name text",
  "users ADD COLUMN last_name text",
  "users ADD COLUMN profile_picture_url text",
  "users ADD COLUMN external_id text",
  "users ADD COLUMN metadata text",
  "users ADD COLUMN locale text",
  "users ADD COLUMN updated_at bigint",
  // Null means proven, as every account was before.
  "accounts ADD COLUMN unverified integer",
];

const tables = [
  `authorization_codes (
    id text PRIMARY KEY,
    app_id text NOT NULL REFERENCES apps (id) ON DELETE CASCADE,
    user_id text NOT NULL,
    redirect_uri text NOT NULL,
    code_challenge text,
    auth_method text NOT NULL,
    authenticated_at bigint NOT NULL,
    organization_id text,
    impersonator text,
    created_at bigint NOT NULL,
    expires_at bigint NOT NULL,
    used_at bigint,
    session_id text)`,
  `sign_ins (
    id text PRIMARY KEY,
    app_id text NOT NULL REFERENCES apps (id) ON DELETE CASCADE,
    user_id text NOT NULL REFERENCES users (id) ON DELETE CASCADE,
    account_type text NOT NULL,
    account_subject text NOT NULL,
    auth_method text NOT NULL,
    authenticated_at bigint NOT NULL,
    created_at bigint NOT NULL,
    expires_at bigint NOT NULL)`,
  `passwords (
    user_id text PRIMARY KEY REFERENCES users (id) ON DELETE CASCADE,
    hash text NOT NULL,
    updated_at bigint NOT NULL)`,
  `organizations (
    id text PRIMARY KEY,
    app_id text NOT NULL REFERENCES apps (id) ON DELETE CASCADE,
    name text NOT NULL,
    external_id text,
    metadata text,
    entitlements text NOT NULL,
    feature_flags text NOT NULL,
    created_at bigint NOT NULL,
    updated_at bigint NOT NULL,
    UNIQUE (app_id, external_id))`,
  `organization_memberships (
    id text PRIMARY KEY,
    app_id text NOT NULL REFERENCES apps (id) ON DELETE CASCADE,
    organization_id text NOT NULL REFERENCES organizations (id) ON DELETE CASCADE,
    user_id text NOT NULL REFERENCES users (id) ON DELETE CASCADE,
    roles text NOT NULL,
    status text NOT NULL,
    created_at bigint NOT NULL,
    updated_at bigint NOT NULL,
    UNIQUE (organization_id, user_id))`,
];

const indexes = [
  "UNIQUE INDEX users_external ON users (app_id, external_id)",
  "INDEX app_secrets_hash ON app_secrets (hash)",
  "INDEX authorization_codes_expiry ON authorization_codes (expires_at)",
  "INDEX sign_ins_user ON sign_ins (user_id)",
  "INDEX sign_ins_expiry ON sign_ins (expires_at)",
  "INDEX organizations_created ON organizations (app_id, created_at, id)",
  "INDEX organization_memberships_user ON organization_memberships (user_id, created_at, id)",
  "INDEX organization_memberships_created ON organization_memberships (organization_id, created_at, id)",
];

async function up(tx: Transaction, build: Kysely<Schema>): Promise<void> {
  for (const column of columns) await tx.all(sql.raw(`ALTER TABLE ${column}`).compile(build));
  for (const table of tables) await tx.all(sql.raw(`CREATE TABLE ${table}`).compile(build));
  for (const index of indexes) await tx.all(sql.raw(`CREATE ${index}`).compile(build));
}

export const appServer: Migration = { version: 2, name: "app server", oldestCompatible: 1, up };
