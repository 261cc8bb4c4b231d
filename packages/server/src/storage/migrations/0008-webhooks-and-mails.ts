import { type Kysely, sql } from "kysely";
import type { Transaction } from "../database.ts";
import type { Schema } from "../schema.ts";
import type { Migration } from "./migration.ts";

/** Whom an app tells what happened, and how its mails read. */
const tables = [
  `webhook_endpoints (
    id text PRIMARY KEY,
    app_id text NOT NULL REFERENCES apps (id) ON DELETE CASCADE,
    url text NOT NULL,
    description text NOT NULL,
    events text NOT NULL,
    sealed_secret text NOT NULL,
    previous_sealed_secret text,
    previous_expires_at bigint,
    enabled integer NOT NULL,
    disabled_reason text,
    disabled_at bigint,
    failing_at bigint,
    version bigint NOT NULL,
    created_at bigint NOT NULL,
    updated_at bigint NOT NULL)`,
  `webhook_events (
    id text PRIMARY KEY,
    app_id text NOT NULL REFERENCES apps (id) ON DELETE CASCADE,
    type text NOT NULL,
    data text NOT NULL,
    created_at bigint NOT NULL)`,
  // No reference to the endpoint: deleting one must never make a sign-in that tells it of itself fail.
  `webhook_deliveries (
    id text PRIMARY KEY,
    endpoint_id text NOT NULL,
    event_id text NOT NULL,
    type text NOT NULL,
    state text NOT NULL,
    tries integer NOT NULL,
    due_at bigint,
    claim text,
    last_status integer,
    created_at bigint NOT NULL)`,
  `webhook_attempts (
    id text PRIMARY KEY,
    delivery_id text NOT NULL,
    status integer,
    error text,
    answer text,
    duration_ms integer NOT NULL,
    at bigint NOT NULL)`,
  `mail_templates (
    app_id text NOT NULL REFERENCES apps (id) ON DELETE CASCADE,
    kind text NOT NULL,
    subject text NOT NULL,
    text_body text NOT NULL,
    html_body text,
    version bigint NOT NULL,
    updated_at bigint NOT NULL,
    PRIMARY KEY (app_id, kind))`,
];

const indexes = [
  "INDEX webhook_endpoints_app ON webhook_endpoints (app_id, created_at)",
  "INDEX webhook_events_app ON webhook_events (app_id)",
  "INDEX webhook_events_age ON webhook_events (created_at)",
  "INDEX webhook_deliveries_due ON webhook_deliveries (due_at, endpoint_id) WHERE due_at IS NOT NULL",
  "INDEX webhook_deliveries_waiting ON webhook_deliveries (endpoint_id) WHERE due_at IS NOT NULL",
  "INDEX webhook_deliveries_endpoint ON webhook_deliveries (endpoint_id, created_at, id)",
  "INDEX webhook_deliveries_failed ON webhook_deliveries (endpoint_id, created_at, id) WHERE state = 'failed'",
  "INDEX webhook_deliveries_age ON webhook_deliveries (created_at)",
  "INDEX webhook_attempts_delivery ON webhook_attempts (delivery_id, at)",
  "INDEX webhook_attempts_age ON webhook_attempts (at)",
];

async function up(tx: Transaction, build: Kysely<Schema>): Promise<void> {
  for (const table of tables) await tx.all(sql.raw(`CREATE TABLE ${table}`).compile(build));
  for (const index of indexes) await tx.all(sql.raw(`CREATE ${index}`).compile(build));
}

export const webhooksAndMails: Migration = {
  version: 8,
  name: "webhooks and mails",
  oldestCompatible: 1,
  up,
};
