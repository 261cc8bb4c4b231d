import type { Selectable } from "kysely";
import type { IdentityProviderTable } from "../provider-tables.ts";
import type { IdentityProvider, ProviderChange } from "../store.ts";

export type ProviderRow = Selectable<IdentityProviderTable>;

export function toProvider(row: ProviderRow, domains: readonly string[]): IdentityProvider {
  return {
    id: row.id,
    appId: row.app_id,
    preset: row.preset,
    slug: row.slug,
    name: row.name,
    iconUrl: row.icon_url,
    enabled: row.enabled === 1,
    issuer: row.issuer,
    clientId: row.client_id,
    sealedSecret: row.sealed_secret,
    options: JSON.parse(row.options),
    scopes: JSON.parse(row.scopes),
    mergeByEmail: row.merge_by_email === 1,
    returnTokens: row.return_tokens === 1,
    organizationId: row.organization_id,
    domains,
    joinRole: row.join_role,
    version: row.version,
    createdAt: row.created_at,
    updatedAt: row.updated_at,
  };
}

type Changeable = Required<{ [Key in keyof ProviderChange]: IdentityProvider[Key] }>;
type Columns = Pick<
  ProviderRow,
  | "name"
  | "icon_url"
  | "enabled"
  | "client_id"
  | "sealed_secret"
  | "options"
  | "scopes"
  | "merge_by_email"
  | "return_tokens"
  | "join_role"
>;

/** The columns of what is there; the domains have a table of their own. */
export function providerColumns(provider: Changeable): Columns;
export function providerColumns(change: ProviderChange): Partial<Columns>;
export function providerColumns(change: ProviderChange): Partial<Columns> {
  const flag = (value: boolean) => (value ? 1 : 0);
  return {
    ...(change.name !== undefined && { name: change.name }),
    ...(change.iconUrl !== undefined && { icon_url: change.iconUrl }),
    ...(change.enabled !== undefined && { enabled: flag(change.enabled) }),
    ...(change.clientId !== undefined && { client_id: change.clientId }),
    ...(change.sealedSecret !== undefined && { sealed_secret: change.sealedSecret }),
    ...(change.options !== undefined && { options: JSON.stringify(change.options) }),
    ...(change.scopes !== undefined && { scopes: JSON.stringify(change.scopes) }),
    ...(change.mergeByEmail !== undefined && { merge_by_email: flag(change.mergeByEmail) }),
    ...(change.returnTokens !== undefined && { return_tokens: flag(change.returnTokens) }),
    ...(change.joinRole !== undefined && { join_role: change.joinRole }),
  };
}
