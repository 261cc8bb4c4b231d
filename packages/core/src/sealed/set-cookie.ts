/** Writes Set-Cookie headers (RFC 6265 section 4.1). */
import type { CookieAttributes } from "./cookie-attributes.ts";

const NAME = /^[!#$%&'*+.^_`|~0-9A-Za-z-]+$/;
const VALUE = /^[!#-+\--:<-[\]-~]*$/;
const SAME_SITE = { lax: "Lax", strict: "Strict", none: "None" } as const;
/** Longer hosts and deeper ones exist; nobody shares a cookie over them. */
const MOST_PARENTS = 8;

/**
 * One Set-Cookie header. Throws a TypeError for a name or value that no browser would keep as it
 * is, and for attributes that the name's prefix forbids (RFC 6265bis section 4.1.3).
 */
export function serializeSetCookie(
  name: string,
  value: string,
  attributes: CookieAttributes,
): string {
  if (!NAME.test(name))
    throw new TypeError(`"${name}" is no cookie name (RFC 6265 section 4.1.1).`);
  if (!VALUE.test(value)) throw new TypeError(`The value of ${name} needs encoding for a cookie.`);
  requirePrefixRules(name, attributes);
  const { path, maxAge, domain, secure, sameSite } = attributes;
  return [
    `${name}=${value}`,
    `Path=${path}`,
    `Max-Age=${maxAge}`,
    // Frameworks that write a cookie again drop a Max-Age of 0 for being falsy; then this ends it.
    maxAge === 0 ? "Expires=Thu, 01 Jan 1970 00:00:00 GMT" : "",
    domain === undefined ? "" : `Domain=${domain}`,
    "HttpOnly",
    secure ? "Secure" : "",
    `SameSite=${SAME_SITE[sameSite]}`,
  ]
    .filter(Boolean)
    .join("; ");
}

/** The Set-Cookie header that removes the cookie which `attributes` would set, and no twin of it. */
export function expireCookie(name: string, attributes: CookieAttributes): string {
  return serializeSetCookie(name, "", { ...attributes, maxAge: 0 });
}

export interface CookieTwins {
  /** Domains that the cookie was ever shared over. Their host-only twin is always removed too. */
  readonly domains?: readonly string[] | undefined;
  /** The request's host name: cookies of it and of every domain above it are removed too. */
  readonly host?: string | undefined;
}

/**
 * The Set-Cookie headers that remove every cookie of `names` on this path: the host-only one and
 * those shared over a domain. A browser keeps them apart, so that one left behind by a change of
 * name or domain would go on being sent. One response then has several headers of one name, which
 * RFC 6265 section 4.1.1 advises against for the order of them: here no two are of one cookie.
 */
export function expireCookies(
  names: readonly string[],
  attributes: CookieAttributes,
  { domains = [], host = "" }: CookieTwins = {},
): string[] {
  const { domain: own, ...hostOnly } = attributes;
  const shared = new Set([...(own === undefined ? [] : [own]), ...domains, ...domainsOf(host)]);
  return [...new Set(names)].flatMap((name) => [
    expireCookie(name, hostOnly),
    ...(isHostOnlyName(name)
      ? []
      : Array.from(shared, (domain) => expireCookie(name, { ...hostOnly, domain }))),
  ]);
}

/**
 * The domains that a cookie of `host` may be shared over: itself and those above it, of two labels
 * or more. Browsers refuse those of them that are public suffixes. None for addresses.
 */
export function domainsOf(host: string): string[] {
  const labels = host
    .replace(/:[0-9]+$/, "")
    .toLowerCase()
    .split(".");
  const isAddress = /^[0-9]+$/.test(labels.at(-1) ?? "") || host.startsWith("[");
  if (isAddress || labels.some((label) => label === "")) return [];
  const domains = labels.slice(0, -1).map((_, at) => labels.slice(at).join("."));
  return domains.slice(-MOST_PARENTS);
}

const isHostOnlyName = (name: string) => /^__host-/i.test(name);

function requirePrefixRules(name: string, { secure, domain }: CookieAttributes): void {
  if (isHostOnlyName(name) && domain !== undefined) {
    throw new TypeError(`${name} cannot be shared over ${domain}: drop the domain or __Host-.`);
  }
  if (/^__(host|secure|http)-/i.test(name) && !secure) {
    throw new TypeError(`${name} works over https only: drop the prefix for http.`);
  }
}
