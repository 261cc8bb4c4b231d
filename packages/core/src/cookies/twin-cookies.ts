/**
 * Several cookies of one name: a sibling domain, another path or an earlier setting has set one too.
 * Browsers keep them apart by domain and path, and send all of them in an order that proves nothing
 * (RFC 6265 section 4.2.2).
 */

import { domainsOf } from "../sealed/set-cookie.ts";
import { parseCookieHeader } from "./cookie-header.ts";
import { setCookie } from "./session-cookies.ts";

/** How many cookies of this name came along, equal ones counted too. */
export function countCookies(header: string | null | undefined, name: string): number {
  return parseCookieHeader(header).filter((cookie) => cookie.name === name).length;
}

export interface TwinPlace {
  /** Host name of the request. */
  readonly host: string;
  /** Path of the request. */
  readonly path: string;
  readonly name: string;
  /** Where the one that stays is. */
  readonly keep: { readonly domain: string | null; readonly path: string };
}

/**
 * The Set-Cookie headers that expire every cookie of the name which a browser could have sent to
 * this host and path, except the one that stays. One with a Domain that is a public suffix, or with
 * a trailing slash in its path, may be left over; it is told apart again the next time.
 */
export function expireTwins({ host, path, name, keep }: TwinPlace): string[] {
  const domains = [null, ...domainsOf(host)];
  return domains.flatMap((domain) =>
    pathsAbove(path)
      .filter((at) => domain !== keep.domain || at !== keep.path)
      .map((at) => setCookie(name, "", 0, { domain, path: at, sameSite: "lax" })),
  );
}

/** The paths whose cookies go with a request for `path` (RFC 6265 section 5.1.4). */
function pathsAbove(path: string): string[] {
  const parts = path.split("/").filter((part) => /^[A-Za-z0-9._~-]+$/.test(part));
  const within = parts.slice(0, 4).map((_, at) => `/${parts.slice(0, at + 1).join("/")}`);
  return ["/", ...within];
}
