/** The request that a server function runs for, from what Next tells of it. */
import type { SessionRequest } from "@latchkey/backend/sealed";
import { EAGER_REMOVAL } from "./eager-token.ts";
import type { CookieStore, NextPorts } from "./ports.ts";
import { cookieHeaderNow, setCookies } from "./set-cookie-lines.ts";

export interface CurrentRequest {
  readonly request: SessionRequest;
  readonly store: CookieStore;
  /** As sent, or as the proxy left them: they say where, never who. */
  readonly headers: Headers;
}

export async function currentRequest(ports: NextPorts): Promise<CurrentRequest> {
  // First, so that what is prerendered stops here, before it would need the environment.
  const store = await ports.cookies();
  const headers = await ports.headers();
  const given = new Headers(headers);
  given.set("cookie", cookieHeaderNow(headers.get("cookie"), store));
  const path = (await pathOf(ports, headers)) ?? "/";
  const url = new URL(path, originOf(headers, ports.sessions().redirectUri));
  return { request: { url: url.href, headers: given }, store, headers };
}

/** Path and query of the page; null where neither the proxy nor Next tells. */
export async function pathOf(ports: NextPorts, headers: Headers): Promise<string | null> {
  const url = URL.parse(headers.get("x-url") ?? "");
  if (url) return url.pathname + url.search;
  const path = await ports.currentPath();
  return path?.startsWith("/") && !path.startsWith("//") ? path : null;
}

/** Next sets X-Forwarded-Proto itself; else the redirect URI knows how the app is reached. */
function originOf(headers: Headers, redirectUri: string): string {
  const known = new URL(redirectUri);
  const host = headers.get("host") ?? known.host;
  const proto = headers.get("x-forwarded-proto")?.split(",", 1)[0]?.trim();
  const scheme = proto === "http" || proto === "https" ? `${proto}:` : known.protocol;
  return URL.parse(`${scheme}//${host}`)?.origin ?? known.origin;
}

/**
 * Whether cookies can be set here: in Server Actions and Route Handlers, not while a page is
 * rendered. Asked before a refresh, whose new token would be lost: so by removing the cookie with
 * the old token, which the refresh makes useless anyway.
 */
export function canSetCookies(store: CookieStore): boolean {
  try {
    setCookies(store, [EAGER_REMOVAL]);
    return true;
  } catch {
    return false;
  }
}
