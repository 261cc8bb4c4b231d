/** Adding and changing providers: what an administrator enters, checked against the preset. */
import type { LatchkeyError } from "@latchkey/core/errors";
import type { BodyOf, Operations } from "@latchkey/core/protocol/admin";
import type { App } from "../apps/app-directory.ts";
import { newConnectionId } from "../apps/ids.ts";
import type { Services } from "../services.ts";
import type {
  EditResult,
  IdentityProvider,
  ProviderChange,
  ProviderRefusal,
} from "../storage/store.ts";
import type { Preset } from "./preset.ts";
import { findPreset, presets } from "./presets.ts";
import {
  checkIssuer,
  checkOptions,
  checkRole,
  checkSecret,
  emailDomains,
  wrongField,
} from "./provider-input.ts";
import { presetOf } from "./provider-preset.ts";
import { sealProviderSecret } from "./provider-secret.ts";

export type ProviderInput = BodyOf<Operations["createProvider"]>;
export type ProviderChangeInput = Omit<BodyOf<Operations["updateProvider"]>, "version">;

type Deps = Pick<Services, "store" | "master">;

/** @throws LatchkeyError `invalid_data` with the fields that are wrong */
export async function addProvider(
  deps: Deps,
  app: App,
  input: ProviderInput,
): Promise<IdentityProvider> {
  const preset = findPreset(input.preset);
  if (!preset) {
    const known = presets.map(({ key }) => key).join(", ");
    throw wrongField("preset", `must be one of ${known}`);
  }
  const id = newConnectionId();
  const { organizationId = null, clientSecret = null } = input;
  const slug = slugOf(preset, input.slug);
  const checked = {
    ...input,
    options: checkOptions(preset, input.options ?? {}),
    domains: boundDomains(organizationId, input.domains ?? []),
    joinRole: boundRole(app, organizationId, input.joinRole ?? null),
  };
  checkSecret(preset, clientSecret);
  const result = await deps.store.providers.create({
    id,
    appId: app.id,
    preset: preset.key,
    slug,
    name: input.name ?? preset.name,
    iconUrl: input.iconUrl ?? null,
    enabled: input.enabled ?? true,
    issuer: checkIssuer(preset, input.issuer ?? null),
    clientId: input.clientId,
    sealedSecret: await sealed(deps, { id, appId: app.id }, clientSecret),
    options: checked.options,
    scopes: [...new Set(input.scopes ?? [])],
    mergeByEmail: input.mergeByEmail ?? false,
    returnTokens: input.returnTokens ?? false,
    organizationId,
    domains: checked.domains,
    joinRole: checked.joinRole,
  });
  if (result.kind !== "created") throw refused(result, slug);
  return result.provider;
}

/**
 * Null: it is gone; `changed`: somebody changed it since `version`.
 *
 * @throws LatchkeyError `invalid_data` with the fields that are wrong
 */
export async function changeProvider(
  deps: Deps,
  app: App,
  before: IdentityProvider,
  version: number,
  { clientSecret, ...input }: ProviderChangeInput,
): Promise<EditResult<IdentityProvider>> {
  const preset = presetOf(before);
  if (clientSecret !== undefined) checkSecret(preset, clientSecret);
  const change: ProviderChange = {
    ...input,
    ...(clientSecret !== undefined && { sealedSecret: await sealed(deps, before, clientSecret) }),
    ...(input.options && { options: checkOptions(preset, input.options) }),
    ...(input.scopes && { scopes: [...new Set(input.scopes)] }),
    ...(input.domains && { domains: boundDomains(before.organizationId, input.domains) }),
    ...(input.joinRole !== undefined && {
      joinRole: boundRole(app, before.organizationId, input.joinRole),
    }),
  };
  const result = await deps.store.providers.edit(app.id, before.id, version, change);
  if (result === null || result === "changed" || !("kind" in result)) return result;
  throw refused(result, before.slug);
}

const sealed = (
  { master }: Deps,
  row: Pick<IdentityProvider, "id" | "appId">,
  secret: string | null,
): Promise<string> | null => (secret === null ? null : sealProviderSecret(master, row, secret));

/** Only a provider of any name has to be given one. */
function slugOf(preset: Preset, asked: string | undefined): string {
  if (preset.key !== "oidc") {
    if (asked === undefined) return preset.slug;
    throw wrongField("slug", `is ${preset.slug} for this preset; leave it out`);
  }
  if (asked === undefined) throw wrongField("slug", "is missing: a short name, such as acme");
  const slug = `${preset.slug}${asked}`;
  if (!presets.some((other) => other.slug === slug)) return slug;
  throw wrongField("slug", `is the name of the preset ${asked}`);
}

function boundDomains(organizationId: string | null, domains: readonly string[]): string[] {
  const checked = emailDomains(domains);
  if (organizationId !== null || checked.length === 0) return checked;
  throw wrongField("domains", "belong to a connection of an organization: name organizationId too");
}

function boundRole(app: App, organizationId: string | null, role: string | null): string | null {
  if (role !== null && organizationId === null) {
    throw wrongField("joinRole", "belongs to a connection of an organization");
  }
  return checkRole(app, role);
}

function refused(refusal: ProviderRefusal, slug: string): LatchkeyError {
  switch (refusal.kind) {
    case "slug_taken":
      return wrongField("preset", `${slug} is there already in this app; change that one`);
    case "domain_taken":
      return wrongField("domains", `${refusal.domain} belongs to the provider ${refusal.by}`);
    case "no_such_organization":
      return wrongField("organizationId", "names no organization of this app");
  }
}
