/**
 * The detour over a refresh page: the access token is over, the browser still has a session and
 * only it can renew the token. The server sends the navigation to a page of the app that renews
 * it and comes back.
 */
import { type RequestLike, readHeader } from "./request.ts";

export interface RefreshPageOptions {
  /** Path of your refresh page. Default `/refresh`. */
  readonly path?: string | undefined;
}

type PageRequest = RequestLike & { readonly method?: string; readonly url?: string };

// The sign-in with an outside provider comes back with these; a detour would lose them.
const OAUTH_PARAMETERS = ["privy_oauth_code", "privy_oauth_state", "privy_oauth_provider"];
// Only for taking URLs apart; no host but its own ever gets the same origin.
const BASE = "http://relative.invalid";

/**
 * Where to send this request so that the browser renews its session, as a path with
 * `redirect_url`; null when a redirect would be wrong: not a page navigation, the refresh page
 * itself, a sign-in under way, or a browser that just comes from the refresh page, which must
 * not go around in circles when its cookies do not arrive. Ask when `mayRefresh` is true.
 */
export function refreshLocation(
  request: PageRequest,
  { path = "/refresh" }: RefreshPageOptions = {},
): string | null {
  if (sameOriginPath(path) !== path) {
    throw new TypeError(`path must be a path on this site, such as "/refresh", not "${path}".`);
  }
  const url = parse(request.url);
  if (!url || !isNavigation(request) || url.pathname === path) return null;
  if (hasOauthParameters(url)) return null;
  if (parse(readHeader(request, "referer"))?.pathname === path) return null;
  const target = sameOriginPath(url.pathname + url.search);
  return `${path}?redirect_url=${encodeURIComponent(target)}`;
}

/**
 * The path, query and fragment of a `redirect_url`, or `fallback` for anything that could lead to
 * another site (ASVS 3.7.2): absolute and scheme-relative URLs, also when written with
 * backslashes, control characters or dot segments.
 */
export function sameOriginPath(value: string | null | undefined, fallback = "/"): string {
  if (!value?.startsWith("/")) return fallback;
  const url = parse(value);
  if (url?.origin !== BASE || url.pathname.startsWith("//")) return fallback;
  return url.pathname + url.search + url.hash;
}

/** Whether a sign-in with an outside provider comes back with this address. */
export function hasOauthParameters(url: URL): boolean {
  return OAUTH_PARAMETERS.some((name) => url.searchParams.has(name));
}

function parse(value: string | null | undefined): URL | null {
  return value && URL.canParse(value, BASE) ? new URL(value, BASE) : null;
}

/** A framework's own fetch of a page's data must get its answer, not a redirect. */
function isNavigation(request: PageRequest): boolean {
  if (request.method !== "GET" && request.method !== "HEAD") return false;
  const destination = readHeader(request, "sec-fetch-dest");
  if (destination) return destination === "document";
  return (readHeader(request, "accept") ?? "").includes("text/html");
}
