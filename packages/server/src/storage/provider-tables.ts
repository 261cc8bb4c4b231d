/** Tables of the providers that users sign in with; the conventions are those of schema.ts. */

export interface IdentityProviderTable {
  /** conn_…, the app-server protocol's connection id */
  id: string;
  app_id: string;
  /** A key of providers/presets.ts */
  preset: string;
  /** The browser protocol's name of it, such as google or custom:acme */
  slug: string;
  name: string;
  icon_url: string | null;
  enabled: number;
  /** Null: the preset's */
  issuer: string | null;
  client_id: string;
  sealed_secret: string | null;
  /** What only this preset asks for, a document of texts */
  options: string;
  /** JSON array, in addition to the preset's */
  scopes: string;
  merge_by_email: number;
  return_tokens: number;
  /** Of an organization-bound connection */
  organization_id: string | null;
  /** Role slug with which those it signs in join the organization; null: only members sign in */
  join_role: string | null;
  version: number;
  created_at: number;
  updated_at: number;
}

/** Addresses at this domain sign in at this provider. */
export interface IdentityProviderDomainTable {
  id: string;
  provider_id: string;
  app_id: string;
  /** Lower case, ASCII */
  domain: string;
}

export interface ProviderTables {
  identity_providers: IdentityProviderTable;
  identity_provider_domains: IdentityProviderDomainTable;
}
