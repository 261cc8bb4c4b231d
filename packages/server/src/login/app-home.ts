import type { App } from "../apps/app-directory.ts";
import type { Way } from "./pages/message-page.ts";

/** Where the app is, as far as its redirect URIs tell; no way where they tell nothing. */
export function wayToApp({ name, settings }: App): Way[] {
  const first = settings.redirectUris.find((uri) => !uri.includes("*"));
  return first === undefined ? [] : [{ label: `Go to ${name}`, href: new URL("/", first).href }];
}
