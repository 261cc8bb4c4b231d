/** Cookies of a domain that an app has given up or changed: nobody counts them any more. */
import {
  expiredSessionCookies,
  REFRESH_TOKEN_COOKIE,
} from "@latchkey/core/cookies/session-cookies";
import type { DomainStore } from "../storage/store.ts";

/** What every session host begins with. */
const PREFIX = "privy.";

/** Whether a request may carry such cookies; nothing else is looked at before. */
export function mayBeLeftBehind(cookieHeader: string | undefined): boolean {
  return cookieHeader?.includes(REFRESH_TOKEN_COOKIE) ?? false;
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
): Promise<string[]> {
  if (!host.startsWith(PREFIX) || (await domains.findBySessionHost(host))) return [];
  const domain = host.slice(PREFIX.length);
  if (!(await domains.wasReleased(domain))) return [];
  return expiredSessionCookies({ domain, sameSite: "strict", refreshPath: "/" });
}
