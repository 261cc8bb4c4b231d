/** Whether and where an app's sessions are kept in cookies that this server sets. */
import type { CookieScope } from "@latchkey/core/cookies/session-cookies";
import type { App, AppClient } from "../apps/app-directory.ts";
import type { ActiveDomain } from "../domains/active-domain.ts";

export interface CookieMode {
  /** Where the app's pages send their calls, such as `https://privy.example.com`. */
  readonly baseUrl: string;
  /** The host of it, as browsers see it. */
  readonly host: string;
  /** The path of it: empty but behind a proxy of the app. */
  readonly pathPrefix: string;
  readonly scope: CookieScope;
  /** What the names began with before: still read, and taken away once the new ones are set. */
  readonly formerPrefixes: readonly string[];
}

/** What of a mode the app's settings say. */
export function cookieSettings({ settings }: App) {
  const { sameSite, cookiePrefix, formerCookiePrefixes } = settings;
  return { sameSite, prefix: cookiePrefix, formerPrefixes: formerCookiePrefixes };
}

/** Whether the settings ask for cookies; an app client decides over its app. */
export function hasCookiesOn(app: App, client: AppClient | null): boolean {
  const own = client?.settings.cookies ?? "inherit";
  return own === "inherit" ? app.settings.httpOnlyCookies : own === "enabled";
}

/** Null where cookies are off, and where there is no verified domain to set them on. */
export function cookieModeOf(
  app: App,
  client: AppClient | null,
  active: ActiveDomain | null,
): CookieMode | null {
  if (active === null || !hasCookiesOn(app, client)) return null;
  const { domain, sessionHost } = active;
  const { sameSite, prefix, formerPrefixes } = cookieSettings(app);
  return {
    baseUrl: `https://${sessionHost}`,
    host: sessionHost,
    pathPrefix: "",
    scope: { domain, sameSite, refreshPath: "/", prefix },
    formerPrefixes,
  };
}

/** What an operator should know of settings that ask for cookies which are not set. */
export const NO_DOMAIN_WARNING =
  "httpOnlyCookies is on and the app has no verified domain, so no cookies are set and pages keep their tokens themselves. Add the domain: latchkey domains add";
