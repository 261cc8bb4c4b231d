/** The app that development starts with, and its credentials. */
import { base64url } from "@latchkey/core/encoding";
import { LOOPBACK_HOSTS } from "@latchkey/core/loopback";
import { LOOPBACK_RETURN_URLS } from "@latchkey/core/return-urls";
import { createApp } from "../apps/create-app.ts";
import { enableTestAccount, listTestAccounts } from "../apps/test-accounts.ts";
import type { Services } from "../services.ts";

export interface DevCredentials {
  readonly app_id: string;
  readonly app_secret: string;
  readonly client_id: string;
  readonly api_key: string;
}

/** Pages of any loopback port may call; nothing else can reach the server anyway. */
const LOOPBACK_ORIGINS = LOOPBACK_HOSTS.flatMap((host) => [
  `http://${host}:*`,
  `https://${host}:*`,
]);

const RETURNING = {
  redirectUris: LOOPBACK_RETURN_URLS,
  logoutUris: LOOPBACK_RETURN_URLS,
  passwordAuth: true,
  publicClients: true,
};

/** Made at the first start; the same ever after, because it follows from the master key. */
export async function seedApp({ store, master }: Services): Promise<DevCredentials> {
  const secrets = {
    appSecret: `lk_secret_${base64url(await master.subkey("development-secret", "app"))}`,
    apiKey: `sk_${base64url(await master.subkey("development-secret", "api"))}`,
  };
  const known = await store.keys.meta("development_app");
  let app = known === null ? null : await store.apps.find(known);
  if (!app) {
    const settings = {
      allowedOrigins: LOOPBACK_ORIGINS,
      guestAuth: true,
      identityToken: true,
      ...RETURNING,
    };
    ({ app } = await createApp(
      store.apps,
      { name: "Latchkey demo", kind: "development", settings },
      secrets,
    ));
    await store.keys.setMeta("development_app", app.id);
  } else {
    // A database of a release before these settings gains them too.
    const settings = JSON.parse(app.settings) as object;
    if (!("redirectUris" in settings)) {
      await store.apps.updateSettings(app.id, JSON.stringify({ ...RETURNING, ...settings }));
    }
  }
  if ((await listTestAccounts(store.apps, master, app.id)).length === 0) {
    await enableTestAccount(store.apps, master, app.id);
  }
  return {
    app_id: app.id,
    app_secret: secrets.appSecret,
    client_id: app.clientId,
    api_key: secrets.apiKey,
  };
}
