import type {
  AdminProvider,
  AdminProviderPreset,
  providerOperations,
} from "@latchkey/core/protocol/admin";
import type { App } from "../../apps/app-directory.ts";
import { callbackUrl } from "../../providers/callback-url.ts";
import { addProvider, changeProvider } from "../../providers/configure-provider.ts";
import type { Preset } from "../../providers/preset.ts";
import { presets } from "../../providers/presets.ts";
import { issuerOf } from "../../providers/provider-preset.ts";
import { callbackOrigins, redirectUris } from "../../providers/redirect-uris.ts";
import { testProvider } from "../../providers/test-provider.ts";
import type { Services } from "../../services.ts";
import type { IdentityProvider } from "../../storage/store.ts";
import type { Handlers } from "./handler.ts";
import { changedMeanwhile, found, requireApp } from "./missing.ts";

/** Providers that an app's users sign in with. Of a secret nothing but that it is there comes out. */
export function providerHandlers(services: Services): Handlers<keyof typeof providerOperations> {
  const { store, directory } = services;

  async function require(params: { appId: string; providerId: string }): Promise<IdentityProvider> {
    await requireApp(directory, params.appId);
    return found(await store.providers.find(params.appId, params.providerId), "provider");
  }

  const shown = async (app: App, provider: IdentityProvider): Promise<AdminProvider> =>
    toAdminProvider(provider, await callbackOrigins(services, app));

  return {
    listProviderPresets: async () => ({ items: presets.map(toPreset) }),

    async listProviders({ params: { appId } }) {
      const app = await requireApp(directory, appId);
      const items = await store.providers.list(appId);
      const origins = await callbackOrigins(services, app);
      return {
        items: items.map((provider) => toAdminProvider(provider, origins)),
        redirectUris: origins.map((origin) => callbackUrl(origin, SHARED)),
      };
    },

    async createProvider({ params: { appId }, body, record }) {
      const app = await requireApp(directory, appId);
      const provider = await shown(app, await addProvider(services, app, body));
      services.providers.forget(appId);
      record({ after: provider });
      return provider;
    },

    async getProvider({ params }) {
      const provider = await require(params);
      return shown(await requireApp(directory, params.appId), provider);
    },

    async updateProvider({ params, body: { version, ...change }, record }) {
      const app = await requireApp(directory, params.appId);
      const before = await require(params);
      const result = await changeProvider(services, app, before, version, change);
      services.providers.forget(app.id);
      if (result === "changed") throw changedMeanwhile();
      const after = await shown(app, found(result, "provider"));
      const secret = change.clientSecret === undefined ? {} : { clientSecret: "changed" };
      record({ before: await shown(app, before), after: { ...after, ...secret } });
      return after;
    },

    async deleteProvider({ params, record }) {
      const app = await requireApp(directory, params.appId);
      const deleted = await store.providers.delete(params.appId, params.providerId);
      services.providers.forget(params.appId);
      record({ before: await shown(app, found(deleted, "provider")) });
      return undefined;
    },

    async testProvider({ params }) {
      const app = await requireApp(directory, params.appId);
      const provider = await require(params);
      const [redirectUri = ""] = await redirectUris(services, app, provider);
      return testProvider(services, provider, redirectUri);
    },
  };
}

/** Stands for every provider whose addresses a preset knows. */
const SHARED = { id: "", preset: "google", issuer: null };

function toAdminProvider(provider: IdentityProvider, origins: readonly string[]): AdminProvider {
  const { appId: _app, sealedSecret, scopes, domains, options, ...rest } = provider;
  return {
    ...rest,
    issuer: issuerOf(provider),
    hasSecret: sealedSecret !== null,
    options: { ...options },
    scopes: [...scopes],
    domains: [...domains],
    redirectUris: origins.map((origin) => callbackUrl(origin, provider)),
  };
}

function toPreset(preset: Preset): AdminProviderPreset {
  const { key, name, slug, authkitName, scopes, options } = preset;
  const isApple = preset.clientAuth === "apple_jwt";
  return {
    ...{ key, name, slug, authkitName },
    scopes: [...scopes],
    issuer: preset.issuer === null ? "asked" : "known",
    secret: isApple ? "private_key" : key === "oidc" ? "optional" : "required",
    options: options.map(({ key, label, help, fallback }) => ({
      ...{ key, label, help },
      fallback: fallback ?? null,
    })),
  };
}
