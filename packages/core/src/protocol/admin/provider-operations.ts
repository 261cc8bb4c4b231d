/** Providers that an app's users sign in with, and the connections of organizations. */
import * as z from "zod";
import { slug } from "../app-settings.ts";
import { clean } from "../clean-text.ts";
import type { Operation } from "./operation.ts";
import { displayName, time } from "./shapes.ts";

const TAG = "Sign-in providers";

const version = z.int().nonnegative();

const httpUrl = clean(2000).refine(
  (text) => /^https?:$/.test(URL.parse(text)?.protocol ?? ""),
  "must be a URL that begins with https://",
);

/** RFC 6749 section 3.3. */
const scope = z
  .string()
  .max(200)
  .regex(/^[!#-[\]-~]+$/, "must be one scope, without spaces or quotes");

const preset = z.object({
  key: z.string().describe("`preset` of a provider"),
  name: z.string(),
  slug: z.string().describe("The browser protocol's name of it"),
  authkitName: z.string().describe("`provider` of the app-server protocol"),
  scopes: z.array(z.string()).describe("Asked for always"),
  issuer: z.enum(["known", "asked"]).describe("Whether its address is to be entered"),
  secret: z.enum(["required", "optional", "private_key"]),
  options: z.array(
    z.object({
      key: z.string(),
      label: z.string(),
      help: z.string(),
      fallback: z.string().nullable().describe("Taken where nothing is entered; null: required"),
    }),
  ),
});
export type AdminProviderPreset = z.output<typeof preset>;

export const adminProvider = z.object({
  id: z.string().describe("`connection_id` of the app-server protocol"),
  preset: z.string(),
  slug: z.string().describe("The browser protocol's name of it"),
  name: z.string(),
  iconUrl: z.string().nullable(),
  enabled: z.boolean(),
  issuer: z.string(),
  clientId: z.string(),
  hasSecret: z.boolean().describe("The secret itself is never shown again"),
  options: z.record(z.string(), z.string()),
  scopes: z.array(z.string()).describe("In addition to the preset's"),
  mergeByEmail: z.boolean(),
  returnTokens: z.boolean(),
  organizationId: z.string().nullable(),
  domains: z.array(z.string()),
  joinRole: z.string().nullable(),
  redirectUris: z.array(z.string()).describe("To be registered with the provider"),
  version,
  createdAt: time,
  updatedAt: time,
});
export type AdminProvider = z.output<typeof adminProvider>;

const finding = z.object({
  check: z.enum(["address", "discovery", "endpoints", "pkce", "keys", "credentials"]),
  result: z.enum(["good", "warning", "wrong", "unknown"]),
  text: z.string().describe("What was found, and what to do"),
});
export type ProviderFinding = z.output<typeof finding>;

const changeable = {
  name: displayName.optional(),
  iconUrl: httpUrl.nullable().optional(),
  enabled: z.boolean().optional(),
  clientSecret: z
    .string()
    .min(1)
    .max(10_000)
    .nullable()
    .optional()
    .describe("Written only; of Apple the private key (.p8). Null takes it away"),
  options: z.record(z.string(), clean(200)).optional(),
  scopes: z.array(scope).max(50).optional(),
  mergeByEmail: z
    .boolean()
    .optional()
    .describe("An address that the provider vouches for joins the user who has it"),
  returnTokens: z.boolean().optional().describe("Hand the provider's tokens to the app"),
  domains: z
    .array(z.string().max(253))
    .max(100)
    .optional()
    .describe("Of an organization's connection: addresses there sign in here"),
  joinRole: slug
    .nullable()
    .optional()
    .describe("Makes whoever signs in a member with this role; null: only members get in"),
};

export const providerOperations = {
  listProviderPresets: {
    method: "GET",
    path: "/provider-presets",
    tag: TAG,
    summary: "The providers that this server knows, and what each asks for.",
    role: "viewer",
    answer: z.object({ items: z.array(preset) }),
  },
  listProviders: {
    method: "GET",
    path: "/apps/{appId}/providers",
    tag: TAG,
    summary: "An app's providers by age, and the redirect URIs that presets share.",
    role: "viewer",
    answer: z.object({ items: z.array(adminProvider), redirectUris: z.array(z.string()) }),
  },
  createProvider: {
    method: "POST",
    path: "/apps/{appId}/providers",
    tag: TAG,
    summary: "Add a provider; with an organization, a connection of that organization.",
    role: "editor",
    body: z.object({
      preset: z.string().max(40).describe("Key of a preset; `oidc` is any OpenID Connect provider"),
      slug: z
        .string()
        .regex(/^[a-z0-9][a-z0-9_-]{0,39}$/, "must be lower-case letters, digits, _ and -")
        .optional()
        .describe("Of preset `oidc`: its name, `custom:<slug>` on the wire"),
      issuer: httpUrl.optional().describe("Of preset `oidc`"),
      clientId: clean(500).min(1),
      organizationId: z.string().max(64).nullable().optional(),
      ...changeable,
    }),
    answer: adminProvider,
  },
  getProvider: {
    method: "GET",
    path: "/apps/{appId}/providers/{providerId}",
    tag: TAG,
    summary: "One provider.",
    role: "viewer",
    answer: adminProvider,
  },
  updateProvider: {
    method: "PATCH",
    path: "/apps/{appId}/providers/{providerId}",
    tag: TAG,
    summary: "Change a provider, unless somebody changed it since.",
    role: "editor",
    body: z.object({ version, clientId: clean(500).min(1).optional(), ...changeable }),
    answer: adminProvider,
  },
  deleteProvider: {
    method: "DELETE",
    path: "/apps/{appId}/providers/{providerId}",
    tag: TAG,
    summary: "Remove a provider. Its users stay, and sign in another way if they have one.",
    role: "editor",
  },
  testProvider: {
    method: "POST",
    path: "/apps/{appId}/providers/{providerId}/test",
    tag: TAG,
    summary: "Ask the provider whether this configuration works, and say what is wrong.",
    role: "editor",
    answer: z.object({ works: z.boolean(), findings: z.array(finding) }),
  },
} as const satisfies Record<string, Operation>;
