import { type Kysely, sql } from "kysely";
import type { Transaction } from "../database.ts";
import type { Schema } from "../schema.ts";
import type { Migration } from "./migration.ts";

/** The apps' own domains, and their certificates. */
const tables = [
  `domains (
    id text PRIMARY KEY,
    app_id text NOT NULL REFERENCES apps (id) ON DELETE CASCADE,
    domain text NOT NULL,
    session_host text NOT NULL,
    target_label text NOT NULL,
    ownership_token text NOT NULL,
    state text NOT NULL,
    state_at bigint NOT NULL,
    block_code text,
    approval text NOT NULL,
    approval_reason text,
    decision text,
    attempts integer NOT NULL,
    misses integer NOT NULL,
    missing_at bigint,
    checked_at bigint,
    next_check_at bigint NOT NULL,
    report text,
    activated_at bigint,
    released_at bigint,
    version bigint NOT NULL,
    created_at bigint NOT NULL,
    updated_at bigint NOT NULL)`,
  // These two outlive the domain, and its app.
  `domain_events (
    id text PRIMARY KEY,
    domain_id text NOT NULL,
    domain text NOT NULL,
    app_id text NOT NULL,
    type text NOT NULL,
    data text,
    at bigint NOT NULL)`,
  `target_labels (
    id text PRIMARY KEY,
    domain text NOT NULL,
    app_id text NOT NULL,
    created_at bigint NOT NULL,
    released_at bigint)`,
  `certificates (
    hostname text PRIMARY KEY,
    state text NOT NULL,
    version bigint NOT NULL,
    sealed_key text,
    chain text,
    not_before_at bigint,
    not_after_at bigint,
    renew_at bigint,
    error_code text,
    error_detail text,
    failures integer NOT NULL,
    retry_at bigint,
    ari text,
    ari_check_at bigint,
    created_at bigint NOT NULL,
    updated_at bigint NOT NULL)`,
  `acme_accounts (
    directory_url text PRIMARY KEY,
    sealed_key text NOT NULL,
    account_url text,
    created_at bigint NOT NULL,
    updated_at bigint NOT NULL)`,
  `acme_orders (
    hostname text PRIMARY KEY,
    id text NOT NULL UNIQUE,
    directory_url text NOT NULL,
    order_url text,
    method text NOT NULL,
    sealed_key text NOT NULL,
    lease_holder text NOT NULL,
    lease_expires_at bigint NOT NULL,
    expires_at bigint NOT NULL,
    created_at bigint NOT NULL,
    updated_at bigint NOT NULL)`,
  `acme_challenges (
    id text PRIMARY KEY,
    order_id text NOT NULL,
    hostname text NOT NULL,
    type text NOT NULL,
    token text NOT NULL,
    value text NOT NULL,
    created_at bigint NOT NULL,
    expires_at bigint NOT NULL,
    UNIQUE (hostname, type, token))`,
];

const indexes = [
  // One owner of a domain, and one domain of an app; what was released binds nobody.
  "UNIQUE INDEX domains_owner ON domains (domain) WHERE released_at IS NULL",
  "UNIQUE INDEX domains_app ON domains (app_id) WHERE released_at IS NULL",
  "INDEX domains_session_host ON domains (session_host)",
  "INDEX domains_next_check ON domains (next_check_at)",
  "INDEX domains_released ON domains (released_at)",
  "INDEX domain_events_domain ON domain_events (domain_id, at)",
  "INDEX domain_events_at ON domain_events (at)",
  "INDEX target_labels_released ON target_labels (released_at)",
  "INDEX certificates_renew ON certificates (renew_at)",
  "INDEX certificates_retry ON certificates (retry_at)",
  "INDEX certificates_ari_check ON certificates (ari_check_at)",
  "INDEX acme_challenges_order ON acme_challenges (order_id)",
  "INDEX acme_challenges_expiry ON acme_challenges (expires_at)",
];

async function up(tx: Transaction, build: Kysely<Schema>): Promise<void> {
  for (const table of tables) await tx.all(sql.raw(`CREATE TABLE ${table}`).compile(build));
  for (const index of indexes) await tx.all(sql.raw(`CREATE ${index}`).compile(build));
}

export const domains: Migration = { version: 4, name: "domains", oldestCompatible: 1, up };
