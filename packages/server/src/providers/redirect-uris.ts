import type { App } from "../apps/app-directory.ts";
import { cookieModeOf } from "../cookies/cookie-mode.ts";
import type { Services } from "../services.ts";
import type { IdentityProvider } from "../storage/store.ts";
import { callbackUrl } from "./callback-url.ts";

type Deps = Pick<Services, "settings" | "domains">;

/** Origins that an app's providers send the browser back to: this deployment's, and the app's own. */
export async function callbackOrigins({ settings, domains }: Deps, app: App): Promise<string[]> {
  const cookies = cookieModeOf(app, null, await domains.activeDomainOf(app.id));
  return [...new Set([settings.publicUrl(), ...(cookies ? [cookies.baseUrl] : [])])];
}

/** What is registered with this provider, the deployment's own first. */
export async function redirectUris(
  deps: Deps,
  app: App,
  provider: Pick<IdentityProvider, "id" | "issuer" | "preset">,
): Promise<string[]> {
  return (await callbackOrigins(deps, app)).map((origin) => callbackUrl(origin, provider));
}
