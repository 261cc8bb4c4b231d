/**
 * What came of a detour that renews a session, as it travels in the address of the page that the
 * browser returns to: so that one navigation takes each detour once, whatever comes of it. Beside
 * the reason stands when the app's server sent the browser off, by its own clock: an address that
 * was kept for later is not taken for one that just came back.
 */

export const REASON_PARAMETER = "latchkey_refresh";

/**
 * - `bounced`: this page was loaded again from its own site, so that Strict cookies come along
 * - `sent`: the browser was sent to renew the session and nothing is known of it yet
 * - `renewed`, `signed_out`: the session server's word
 * - `unknown`: the browser did not let the session server see the cookies
 * - `unavailable`: the session server could not say; the session is kept
 */
export type RefreshReason =
  | "bounced"
  | "sent"
  | "renewed"
  | "signed_out"
  | "unknown"
  | "unavailable";

const REASONS: readonly string[] = [
  "bounced",
  "sent",
  "renewed",
  "signed_out",
  "unknown",
  "unavailable",
] satisfies RefreshReason[];

/** Seconds for which a reason counts; a detour takes less. */
const FRESH_FOR = 120;

const VALUE = /^([a-z_]{1,20})(?:\.([0-9]{1,12}))?$/;

/** `now` in seconds. Null without a reason that counts. */
export function readReason(url: URL, now: number): RefreshReason | null {
  const [, reason = "", at] = VALUE.exec(url.searchParams.get(REASON_PARAMETER) ?? "") ?? [];
  if (!REASONS.includes(reason)) return null;
  // From a clock ahead of ours it is fresh too: better no detour than one without end.
  if (at !== undefined && now - Number(at) > FRESH_FOR) return null;
  return reason as RefreshReason;
}

/** A copy of the address with this reason, sent off at `at` (seconds). */
export function withReason(url: URL, reason: RefreshReason, at: number | null): URL {
  const copy = new URL(url);
  const value = at === null ? reason : `${reason}.${Math.floor(at)}`;
  copy.search = [...keptParameters(url), `${REASON_PARAMETER}=${value}`].join("&");
  return copy;
}

/** As {@link withReason}, with the time that the address carries already. */
export function answerReason(url: URL, reason: RefreshReason): URL {
  const [, , at] = VALUE.exec(url.searchParams.get(REASON_PARAMETER) ?? "") ?? [];
  return withReason(url, reason, at === undefined ? null : Number(at));
}

/** The address as it was before any detour. */
export function withoutReason(url: URL): URL {
  const copy = new URL(url);
  copy.search = keptParameters(url).join("&");
  return copy;
}

/** Byte for byte: an app may read its query in ways of its own. */
function keptParameters(url: URL): string[] {
  const pairs = url.search.slice(1).split("&").filter(Boolean);
  return pairs.filter((pair) => pair.split("=", 1)[0] !== REASON_PARAMETER);
}
