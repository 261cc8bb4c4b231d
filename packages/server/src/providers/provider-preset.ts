import { LatchkeyError } from "@latchkey/core/errors";
import type { IdentityProvider } from "../storage/store.ts";
import type { Preset } from "./preset.ts";
import { findPreset } from "./presets.ts";

/** 500 where the row names one that this release does not have. */
export function presetOf(provider: Pick<IdentityProvider, "preset" | "id">): Preset {
  const preset = findPreset(provider.preset);
  if (preset) return preset;
  throw new LatchkeyError(
    "unknown_preset",
    500,
    `Provider ${provider.id} is a ${provider.preset}, which this release does not know.`,
  );
}

/** The issuer of its discovery document, with the options in their places; of OAuth 2.0, the name of it. */
export function issuerOf(
  provider: Pick<IdentityProvider, "id" | "preset" | "issuer" | "options">,
): string {
  const preset = presetOf(provider);
  const issuer = provider.issuer ?? preset.issuer ?? "";
  return preset.options.reduce(
    (text, { key, fallback = "" }) =>
      text.replace(`{${key}}`, () => provider.options[key] ?? fallback),
    issuer,
  );
}

/** Type of the linked account, as the browser protocol has it. */
export function accountTypeOf(provider: Pick<IdentityProvider, "id" | "preset" | "slug">): string {
  const preset = presetOf(provider);
  return preset.key === "oidc" ? provider.slug : preset.accountType;
}

/** What is asked for: the preset's scopes, those of the row, and those of the request, each once. */
export function scopesOf(
  provider: Pick<IdentityProvider, "id" | "preset" | "scopes">,
  extra: readonly string[] = [],
): string[] {
  return [...new Set([...presetOf(provider).scopes, ...provider.scopes, ...extra])];
}

/** How a session says that it was begun here: the account's type, and `sso` of an organization's connection. */
export function authMethodOf(
  provider: Pick<IdentityProvider, "id" | "preset" | "slug" | "organizationId">,
): string {
  return provider.organizationId === null ? accountTypeOf(provider) : "sso";
}
