/** What is worth saying of settings that are valid and do not do what one may think. */
import { originAllowedByDomain } from "@latchkey/core/domains/cookie-domain";
import type { AppClientSettings, AppSettings } from "@latchkey/core/protocol/app-settings";
import type { ActiveDomain } from "../domains/active-domain.ts";
import { NO_DOMAIN_WARNING } from "./cookie-mode.ts";

export function appWarnings(
  { httpOnlyCookies, allowedOrigins }: Pick<AppSettings, "httpOnlyCookies" | "allowedOrigins">,
  active: ActiveDomain | null,
): string[] {
  if (active === null) return httpOnlyCookies ? [NO_DOMAIN_WARNING] : [];
  return outside(allowedOrigins, active);
}

export function clientWarnings(
  app: Pick<AppSettings, "httpOnlyCookies">,
  { cookies, allowedOrigins, nativeAppIds }: AppClientSettings,
  active: ActiveDomain | null,
): string[] {
  const hasCookies = cookies === "inherit" ? app.httpOnlyCookies : cookies === "enabled";
  if (!hasCookies) return [];
  return [
    ...(active === null ? [NO_DOMAIN_WARNING] : outside(allowedOrigins, active)),
    ...(nativeAppIds.length > 0
      ? [
          "Native apps have no cookies: their identifiers count in a client with --cookies disabled.",
        ]
      : []),
  ];
}

function outside(origins: readonly string[], active: ActiveDomain): string[] {
  const { domain } = active;
  const others = origins.filter(
    (origin) => !originAllowedByDomain(active, origin.replace("*.", "")),
  );
  if (others.length === 0) return [];
  return [
    `The domain ${domain} is verified, so these origins may not call: ${others.join(", ")}. Give them an app client of their own with --cookies disabled, or a development app.`,
  ];
}
