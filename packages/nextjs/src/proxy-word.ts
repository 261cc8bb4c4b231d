/** What the proxy says of the session to the app behind it. Where none is, anybody may say it. */
export const PROXY_WORD = "x-workos-middleware";

/**
 * The proxy has just found out that nothing can be found out: what follows need not wait for the
 * same again. Whoever forges it is shown as little as that, and nobody else's session.
 */
export function saysAway(headers: Headers): boolean {
  return headers.get(PROXY_WORD) === "unavailable";
}
