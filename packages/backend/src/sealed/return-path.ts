import { sameOriginPath } from "../refresh-page.ts";

/**
 * The path that `returnTo` names on this site, "/" for anything that could lead to another one
 * (ASVS 3.7.2). Absolute URLs count when they are of one of `origins`.
 */
export function returnPath(
  returnTo: string | null | undefined,
  origins: readonly string[],
): string {
  if (!returnTo) return "/";
  const url = /^https?:\/\//i.test(returnTo) ? URL.parse(returnTo) : null;
  const isOwn = url !== null && origins.includes(url.origin);
  return sameOriginPath(isOwn ? url.pathname + url.search + url.hash : returnTo);
}
