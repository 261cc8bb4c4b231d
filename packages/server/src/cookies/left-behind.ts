/** Cookies of a domain that an app has given up or changed: nobody counts them any more. */
import { parseCookieHeader } from "@latchkey/core/cookies/cookie-header";
import { COOKIE_PREFIX, DEFAULT_COOKIE_PREFIX } from "@latchkey/core/cookies/cookie-names";
import { expiredSessionCookies } from "@latchkey/core/cookies/session-cookies";
import { parseRefreshToken } from "@latchkey/core/tokens/refresh-token";
import type { DomainStore } from "../storage/store.ts";

/** What every session host begins with. */
const PREFIX = "privy.";
/** Of the name of the refresh token's cookie, whatever the app called it. */
const ENDING = "-refresh-token";

/** Whether a request may carry such cookies; nothing else is looked at before. */
export function mayBeLeftBehind(cookieHeader: string | undefined): boolean {
  return cookieHeader?.includes(ENDING) ?? false;
}

/**
 * The Set-Cookie headers that remove what a former session host has set. None while a domain is there
 * in whatever state: one that moved away may come back, and its sessions with it. And none for a
 * domain that was never released here: a backup or another deployment may not know of it, and that
 * is no proof that its sessions are over (session rule R5).
 */
export async function expireLeftBehind(
  domains: Pick<DomainStore, "findBySessionHost" | "wasReleased">,
  host: string,
  cookieHeader: string | undefined,
): Promise<string[]> {
  if (!host.startsWith(PREFIX) || (await domains.findBySessionHost(host))) return [];
  const domain = host.slice(PREFIX.length);
  if (!(await domains.wasReleased(domain))) return [];
  return prefixesIn(cookieHeader).flatMap((prefix) =>
    expiredSessionCookies({ domain, sameSite: "strict", refreshPath: "/", prefix }),
  );
}

/** Another name counts where a refresh token of this software is in it: it may be anybody's else. */
function prefixesIn(cookieHeader: string | undefined): string[] {
  const found = parseCookieHeader(cookieHeader)
    .filter(({ name }) => name.endsWith(ENDING))
    .map(({ name, value }) => ({ prefix: name.slice(0, -ENDING.length), value }))
    .filter(
      ({ prefix, value }) =>
        prefix === DEFAULT_COOKIE_PREFIX ||
        (COOKIE_PREFIX.test(prefix) && parseRefreshToken(value) !== null),
    );
  return [...new Set(found.map(({ prefix }) => prefix))].slice(0, 5);
}
