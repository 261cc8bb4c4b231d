import type { AppConfig } from "@latchkey/core/protocol/browser";

export interface OAuthProvider {
  /** What `startOAuth` takes. */
  readonly provider: string;
  /** For people, as on a button. */
  readonly name: string;
  readonly iconUrl: string | null;
}

/** Those that the protocol has a name for, and that are not written as they are called. */
const NAMES: Readonly<Record<string, string>> = {
  github: "GitHub",
  linkedin: "LinkedIn",
  tiktok: "TikTok",
  twitter: "X",
};
/** In the order of buttons; others follow by name. */
const FIRST = ["google", "apple", "github", "discord", "linkedin", "twitter"];
/** Ends like a provider and is none. */
const NONE = ["telegram"];

/** The providers that the app offers, in the order of their buttons. */
export function oauthProviders(app: AppConfig | null): OAuthProvider[] {
  if (!app) return [];
  const own = Object.entries(app)
    .filter(([key, value]) => key.endsWith("_oauth") && value === true)
    .map(([key]) => key.slice(0, -"_oauth".length))
    .filter((provider) => !NONE.includes(provider));
  const rank = (provider: string) => (FIRST.indexOf(provider) + 1 || FIRST.length + 1) as number;
  const known = own
    .sort((a, b) => rank(a) - rank(b) || (a < b ? -1 : 1))
    .map((provider) => ({ provider, name: nameOf(provider), iconUrl: null }));
  const custom = (app.custom_oauth_providers ?? [])
    .filter(({ enabled }) => enabled)
    .map(({ provider, provider_display_name: name, provider_icon_url: icon }) => ({
      provider,
      name,
      iconUrl: icon || null,
    }));
  return [...known, ...custom];
}

const nameOf = (provider: string): string =>
  NAMES[provider] ?? provider.charAt(0).toUpperCase() + provider.slice(1);
