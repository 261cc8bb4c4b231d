import type { AppSettings } from "@latchkey/core/protocol/app-settings";

/** How many earlier names are looked for. */
const MOST = 5;

/**
 * Changed settings that still know the prefix which cookies had before: their sessions go on under the
 * new name (session rule R5), and browsers are rid of the old one.
 */
export function rememberCookiePrefix(
  before: Pick<AppSettings, "cookiePrefix" | "formerCookiePrefixes">,
  after: AppSettings,
): AppSettings {
  const known = [before.cookiePrefix, ...after.formerCookiePrefixes];
  const former = [...new Set(known)].filter((prefix) => prefix !== after.cookiePrefix);
  return { ...after, formerCookiePrefixes: former.slice(0, MOST) };
}
