import { type Kysely, sql } from "kysely";
import type { Transaction } from "../database.ts";
import type { Schema } from "../schema.ts";
import type { Migration } from "./migration.ts";

/** Signing in with others. */
const statements = [
  `TABLE identity_providers (
    id text PRIMARY KEY,
    app_id text NOT NULL REFERENCES apps (id) ON DELETE CASCADE,
    preset text NOT NULL,
    slug text NOT NULL,
    name text NOT NULL,
    icon_url text,
    enabled integer NOT NULL,
    issuer text,
    client_id text NOT NULL,
    sealed_secret text,
    options text NOT NULL,
    scopes text NOT NULL,
    merge_by_email integer NOT NULL,
    return_tokens integer NOT NULL,
    organization_id text REFERENCES organizations (id) ON DELETE CASCADE,
    join_role text,
    version bigint NOT NULL,
    created_at bigint NOT NULL,
    updated_at bigint NOT NULL)`,
  `TABLE identity_provider_domains (
    id text PRIMARY KEY,
    provider_id text NOT NULL REFERENCES identity_providers (id) ON DELETE CASCADE,
    app_id text NOT NULL,
    domain text NOT NULL,
    UNIQUE (app_id, domain))`,
  "INDEX identity_providers_app ON identity_providers (app_id, created_at, id)",
  "INDEX identity_providers_organization ON identity_providers (organization_id)",
  "INDEX identity_provider_domains_provider ON identity_provider_domains (provider_id)",
  // One of each in an app; of organizations there may be several of a preset, never two of one name of its own.
  "UNIQUE INDEX identity_providers_slug ON identity_providers (app_id, slug) WHERE organization_id IS NULL",
  "UNIQUE INDEX identity_providers_custom ON identity_providers (app_id, slug) WHERE preset = 'oidc'",
];

async function up(tx: Transaction, build: Kysely<Schema>): Promise<void> {
  for (const statement of statements) await tx.all(sql.raw(`CREATE ${statement}`).compile(build));
  // The provider's tokens, for whom the code is for.
  const tokens = "ALTER TABLE authorization_codes ADD COLUMN sealed_oauth_tokens text";
  await tx.all(sql.raw(tokens).compile(build));
}

export const identityProviders: Migration = {
  version: 6,
  name: "identity providers",
  oldestCompatible: 1,
  up,
};
