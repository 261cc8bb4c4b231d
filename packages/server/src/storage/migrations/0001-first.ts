import { type Kysely, sql } from "kysely";
import type { Transaction } from "../database.ts";
import type { Schema } from "../schema.ts";
import type { Migration } from "./migration.ts";

const tables = [
  `meta (
    key text PRIMARY KEY,
    value text NOT NULL)`,
  `apps (
    id text PRIMARY KEY,
    client_id text NOT NULL UNIQUE,
    name text NOT NULL,
    kind text NOT NULL,
    settings text NOT NULL,
    created_at bigint NOT NULL,
    updated_at bigint NOT NULL)`,
  `app_secrets (
    id text PRIMARY KEY,
    app_id text NOT NULL REFERENCES apps (id) ON DELETE CASCADE,
    kind text NOT NULL,
    hash text NOT NULL,
    created_at bigint NOT NULL,
    expires_at bigint)`,
  `app_clients (
    id text PRIMARY KEY,
    app_id text NOT NULL REFERENCES apps (id) ON DELETE CASCADE,
    name text NOT NULL,
    settings text NOT NULL,
    created_at bigint NOT NULL,
    updated_at bigint NOT NULL)`,
  `users (
    id text PRIMARY KEY,
    server_id text NOT NULL UNIQUE,
    app_id text NOT NULL REFERENCES apps (id) ON DELETE CASCADE,
    is_guest integer NOT NULL,
    accepted_terms_at bigint,
    custom_metadata text,
    disabled_at bigint,
    created_at bigint NOT NULL,
    last_sign_in_at bigint)`,
  `accounts (
    id text PRIMARY KEY,
    user_id text NOT NULL REFERENCES users (id) ON DELETE CASCADE,
    app_id text NOT NULL,
    type text NOT NULL,
    subject text NOT NULL,
    data text NOT NULL,
    verified_at bigint NOT NULL,
    first_verified_at bigint NOT NULL,
    latest_verified_at bigint NOT NULL,
    UNIQUE (app_id, type, subject))`,
  // A session outlives its user as a tombstone, so nothing references users from here.
  `sessions (
    id text PRIMARY KEY,
    protocol text NOT NULL,
    app_id text NOT NULL,
    client_id text,
    delivery text NOT NULL,
    user_id text NOT NULL,
    token_hash text NOT NULL,
    kid text NOT NULL,
    generation bigint NOT NULL,
    moved_at bigint NOT NULL,
    late_generation bigint,
    last_outcome text NOT NULL,
    created_at bigint NOT NULL,
    absolute_expires_at bigint NOT NULL,
    idle_expires_at bigint NOT NULL,
    idle_ms bigint NOT NULL,
    ended_at bigint,
    end_reason text,
    auth_method text NOT NULL,
    authenticated_at bigint NOT NULL,
    user_agent text,
    ip text,
    impersonator text,
    organization_id text)`,
  `session_events (
    id text PRIMARY KEY,
    session_id text NOT NULL,
    app_id text NOT NULL,
    user_id text NOT NULL,
    type text NOT NULL,
    data text,
    at bigint NOT NULL)`,
  `codes (
    id text PRIMARY KEY,
    app_id text NOT NULL,
    address_hash text NOT NULL,
    binding text NOT NULL,
    cookie_binding text,
    code_hash text NOT NULL,
    attempts integer NOT NULL,
    created_at bigint NOT NULL,
    expires_at bigint NOT NULL,
    used_at bigint)`,
  `replays (
    id text PRIMARY KEY,
    request_hash text NOT NULL,
    sealed_answer text NOT NULL,
    expires_at bigint NOT NULL)`,
  `limits (
    id text PRIMARY KEY,
    used integer NOT NULL,
    resets_at bigint NOT NULL)`,
  `signing_keys (
    kid text PRIMARY KEY,
    app_id text NOT NULL REFERENCES apps (id) ON DELETE CASCADE,
    protocol text NOT NULL,
    alg text NOT NULL,
    public_jwk text NOT NULL,
    sealed_private_jwk text NOT NULL,
    created_at bigint NOT NULL,
    active_at bigint NOT NULL,
    retired_at bigint)`,
  `token_keys (
    kid text PRIMARY KEY,
    salt text NOT NULL,
    created_at bigint NOT NULL,
    active_at bigint NOT NULL,
    retired_at bigint)`,
  `test_accounts (
    id text PRIMARY KEY,
    app_id text NOT NULL REFERENCES apps (id) ON DELETE CASCADE,
    email text NOT NULL,
    sealed_code text NOT NULL,
    created_at bigint NOT NULL,
    updated_at bigint NOT NULL,
    UNIQUE (app_id, email))`,
  `allowlist (
    id text PRIMARY KEY,
    app_id text NOT NULL REFERENCES apps (id) ON DELETE CASCADE,
    type text NOT NULL,
    value text NOT NULL,
    created_at bigint NOT NULL,
    UNIQUE (app_id, type, value))`,
];

const indexes = [
  "app_secrets_app ON app_secrets (app_id, kind)",
  "app_clients_app ON app_clients (app_id)",
  "users_app_created ON users (app_id, created_at, id)",
  "accounts_user ON accounts (user_id)",
  "sessions_user ON sessions (user_id)",
  "sessions_expiry ON sessions (absolute_expires_at)",
  "session_events_session ON session_events (session_id, at)",
  "session_events_at ON session_events (at)",
  "codes_address ON codes (app_id, address_hash, expires_at)",
  "codes_expiry ON codes (expires_at)",
  "replays_expiry ON replays (expires_at)",
  "limits_reset ON limits (resets_at)",
  "signing_keys_app ON signing_keys (app_id, protocol)",
];

async function up(tx: Transaction, build: Kysely<Schema>): Promise<void> {
  for (const table of tables) {
    await tx.all(sql.raw(`CREATE TABLE ${table}`).compile(build));
  }
  for (const index of indexes) {
    await tx.all(sql.raw(`CREATE INDEX ${index}`).compile(build));
  }
}

export const first: Migration = { version: 1, name: "first", oldestCompatible: 1, up };
