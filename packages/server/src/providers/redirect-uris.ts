import type { App } from "../apps/app-directory.ts";
import { cookieModeOf } from "../cookies/cookie-mode.ts";
import type { Services } from "../services.ts";

/** Where every provider sends the browser back to, on the origin that the app calls. */
export const CALLBACK_PATH = "/api/v1/oauth/callback";

export const callbackUrl = (origin: string): string => `${origin}${CALLBACK_PATH}`;

/** What an app registers with each of its providers: of this deployment, and of its own domain. */
export async function redirectUris({ settings, domains }: Services, app: App): Promise<string[]> {
  const cookies = cookieModeOf(app, null, await domains.activeDomainOf(app.id));
  const origins = [settings.publicUrl(), ...(cookies ? [cookies.baseUrl] : [])];
  return [...new Set(origins)].map(callbackUrl);
}
