/** Which pages may call for an app, once its domain is verified. */
import { originAllowedByDomain } from "@latchkey/core/domains/cookie-domain";
import { LatchkeyError } from "@latchkey/core/errors";
import { type App, type AppClient, mayCallFrom } from "../apps/app-directory.ts";
import type { ActiveDomain } from "../domains/active-domain.ts";
import { hasCookiesOn } from "./cookie-mode.ts";

export type OriginVerdict = "allowed" | "not_listed" | "outside_domain";

/**
 * A verified app works on its domain alone, because what it is trusted with there must not be had
 * from elsewhere. A client without cookies has origins of its own, as for a developer's machine.
 */
export function judgeOrigin(
  app: App,
  client: AppClient | null,
  active: ActiveDomain | null,
  origin: string,
): OriginVerdict {
  if (active !== null && isBoundToDomain(app, client) && !originAllowedByDomain(active, origin)) {
    return "outside_domain";
  }
  return mayCallFrom(app, client, origin) ? "allowed" : "not_listed";
}

function isBoundToDomain(app: App, client: AppClient | null): boolean {
  if (app.kind === "development") return false;
  const hasOwnOrigins = client !== null && client.settings.allowedOrigins.length > 0;
  return !hasOwnOrigins || hasCookiesOn(app, client);
}

export function outsideDomain(app: App, { domain }: ActiveDomain, origin: string): LatchkeyError {
  // Shown in a command only when nothing in it means anything to a shell.
  const shown = /^https?:\/\/[a-z0-9.:[\]-]{1,200}$/.test(origin) ? origin : "<origin>";
  return new LatchkeyError(
    "invalid_origin",
    403,
    `The origin ${origin.slice(0, 200)} may not use the app "${app.name}": its domain ${domain} is verified, so it works on https://${domain} and its subdomains only. For any other place use a development app, or an app client without cookies: latchkey clients create ${app.id} Local --cookies disabled --origin ${shown}`,
  );
}
