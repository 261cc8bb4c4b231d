import type { EditResult } from "./app-store.ts";

/**
 * A place that an app's users sign in at. What it is (`preset`, `slug`, `issuer`, `organizationId`)
 * never changes: another one is another row, so that what was proven there stays what it was.
 */
export interface IdentityProvider {
  /** `conn_` and 26 letters and digits: the app-server protocol's connection id. */
  readonly id: string;
  readonly appId: string;
  /** A key of providers/presets.ts; `oidc` is any provider with discovery. */
  readonly preset: string;
  /** The browser protocol's name: `google`, `twitter`, `custom:<name>`. Unique among those of no organization. */
  readonly slug: string;
  /** What buttons say. */
  readonly name: string;
  readonly iconUrl: string | null;
  readonly enabled: boolean;
  /** Null: the preset's. */
  readonly issuer: string | null;
  readonly clientId: string;
  /** Opened by providers/provider-secret.ts; null: a public client. */
  readonly sealedSecret: string | null;
  /** What only this preset asks for, such as Apple's team id or Microsoft's tenant. */
  readonly options: Readonly<Record<string, string>>;
  /** In addition to the preset's. */
  readonly scopes: readonly string[];
  /** An address that the provider vouches for joins the user who has it. */
  readonly mergeByEmail: boolean;
  /** The app is handed the provider's tokens. */
  readonly returnTokens: boolean;
  /** An organization-bound connection signs in into this organization, and vouches for its `domains` alone. */
  readonly organizationId: string | null;
  /** Lower case, ASCII. Each belongs to one provider of the app. */
  readonly domains: readonly string[];
  /** Role slug with which whoever it signs in joins the organization; null: only members get in. */
  readonly joinRole: string | null;
  readonly version: number;
  readonly createdAt: number;
  readonly updatedAt: number;
}

export type NewIdentityProvider = Omit<IdentityProvider, "version" | "createdAt" | "updatedAt">;

export type ProviderChange = {
  readonly [Key in
    | "name"
    | "iconUrl"
    | "enabled"
    | "clientId"
    | "sealedSecret"
    | "options"
    | "scopes"
    | "mergeByEmail"
    | "returnTokens"
    | "domains"
    | "joinRole"]?: IdentityProvider[Key] | undefined;
};

export type ProviderRefusal =
  | { readonly kind: "slug_taken" }
  | { readonly kind: "domain_taken"; readonly domain: string; readonly by: string }
  | { readonly kind: "no_such_organization" };

export interface ProviderStore {
  create(
    provider: NewIdentityProvider,
  ): Promise<{ readonly kind: "created"; readonly provider: IdentityProvider } | ProviderRefusal>;
  /** By age, whether enabled or not. */
  list(appId: string): Promise<IdentityProvider[]>;
  find(appId: string, id: string): Promise<IdentityProvider | null>;
  edit(
    appId: string,
    id: string,
    version: number,
    change: ProviderChange,
  ): Promise<EditResult<IdentityProvider> | ProviderRefusal>;
  /** What was deleted. Sessions and users of it stay. */
  delete(appId: string, id: string): Promise<IdentityProvider | null>;
}
