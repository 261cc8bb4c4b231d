/** Which provider an app sends the browser to, and what it asks of it, out of the authorization request. */
import { findPreset } from "../providers/presets.ts";
import { appWide } from "../providers/provider-directory.ts";
import type { IdentityProvider } from "../storage/store.ts";

export interface RequestedProvider {
  /** Where the app sends the browser straight to; null shows the page that offers all ways. */
  readonly connectionId: string | null;
  readonly domainHint: string | null;
  /** In addition to those of the configuration. */
  readonly scopes: readonly string[];
  /** For the provider alone, such as its own `prompt`. */
  readonly params: Readonly<Record<string, string>>;
}

export const NO_PROVIDER: RequestedProvider = {
  connectionId: null,
  domainHint: null,
  scopes: [],
  params: {},
};

export type ReadProvider =
  | { readonly kind: "valid"; readonly provider: RequestedProvider }
  | { readonly kind: "fault"; readonly description: string };

const MAX_EXTRAS = 30;
const SCOPE = /^[!#-[\]-~]{1,200}$/;
const PARAM = /^provider_query_params\[([A-Za-z0-9_.-]{1,64})\]$/;
const DOMAIN = /^[A-Za-z0-9.-]{1,253}$/;

/** `providers`: the app's enabled ones. */
export function readRequestedProvider(
  query: URLSearchParams,
  providers: readonly IdentityProvider[],
): ReadProvider {
  const fault = (description: string): ReadProvider => ({ kind: "fault", description });
  const name = query.get("provider");
  const connectionId = query.get("connection_id") || null;
  const domainHint = query.get("domain_hint")?.trim().toLowerCase() || null;
  if (domainHint !== null && !DOMAIN.test(domainHint)) {
    return fault("domain_hint is no domain; send it like example.com.");
  }
  const scopes = query.getAll("provider_scopes").flatMap((text) => text.split(/[ ,]+/));
  const wanted = [...new Set(scopes.filter((scope) => scope !== ""))];
  if (wanted.length > MAX_EXTRAS || !wanted.every((scope) => SCOPE.test(scope))) {
    return fault("provider_scopes are not scopes (RFC 6749 section 3.3), or too many.");
  }
  const params = extraParams(query);
  if (Object.keys(params).length > MAX_EXTRAS) return fault("provider_query_params are too many.");
  const extras = { domainHint, scopes: wanted, params };
  if (connectionId !== null) {
    const named = providers.find(({ id }) => id === connectionId);
    if (!named) {
      return fault(
        "connection_id names no sign-in provider of this app that is switched on. The dashboard lists them.",
      );
    }
    return { kind: "valid", provider: { ...extras, connectionId: named.id } };
  }
  if (name !== null && name !== "authkit") {
    const named = appWide(providers).find(({ preset }) => isCalled(preset, name));
    if (!named) {
      return fault(
        "provider must be authkit, or one that is switched on for this app, such as GoogleOAuth. Others are named by connection_id.",
      );
    }
    return { kind: "valid", provider: { ...extras, connectionId: named.id } };
  }
  const bound = byDomain(providers, domainHint) ?? ofOrganization(query, name, providers);
  return { kind: "valid", provider: { ...extras, connectionId: bound } };
}

const isCalled = (key: string, name: string): boolean =>
  key !== "oidc" && findPreset(key)?.authkitName === name;

const byDomain = (providers: readonly IdentityProvider[], domain: string | null): string | null =>
  (domain !== null && providers.find(({ domains }) => domains.includes(domain))?.id) || null;

/** An organization in place of a provider means its connection, where it has one and no more. */
function ofOrganization(
  query: URLSearchParams,
  name: string | null,
  providers: readonly IdentityProvider[],
): string | null {
  const organizationId = query.get("organization_id");
  if (name !== null || !organizationId) return null;
  const [only, ...others] = providers.filter((each) => each.organizationId === organizationId);
  return only && others.length === 0 ? only.id : null;
}

function extraParams(query: URLSearchParams): Record<string, string> {
  const params: Record<string, string> = {};
  for (const [name, value] of query) {
    const key = PARAM.exec(name)?.[1];
    if (key !== undefined && value.length <= 1000) params[key] = value;
  }
  return params;
}
