/** What goes with the session cookie besides its value: the documented rules and defaults. */

export type SameSite = "lax" | "strict" | "none";

export interface CookieAttributes {
  readonly path: "/";
  readonly httpOnly: true;
  readonly secure: boolean;
  readonly sameSite: SameSite;
  /** Seconds. */
  readonly maxAge: number;
  /** Absent: only for the host that set it. */
  readonly domain?: string;
}

export interface CookiePolicyOptions {
  /** `lax`, `strict` or `none`, in any case. Default `lax`. */
  readonly sameSite?: string | undefined;
  /** Whole seconds, also as text; more than 400 days are 400 days. Default 400 days. */
  readonly maxAge?: number | string | undefined;
  /** A host name whose subdomains share the cookie. Default none: this host only. */
  readonly domain?: string | undefined;
  /** Whether `X-Forwarded-Proto` is set by a proxy of yours, and never by who calls. Default no. */
  readonly trustProxy?: boolean | undefined;
}

/** What is known of the request that a cookie answers. */
export interface RequestOrigin {
  readonly url?: string | URL | undefined;
  /** The header `X-Forwarded-Proto`. */
  readonly forwardedProto?: string | null | undefined;
}

/** Chrome's most, and that of RFC 6265bis section 5.5. */
export const MAX_AGE_LIMIT = 34_560_000;

const SAME_SITE: readonly string[] = ["lax", "strict", "none"] satisfies SameSite[];
const HOST_NAME =
  /^(?=.{1,253}$)([a-z0-9_]([a-z0-9_-]{0,61}[a-z0-9_])?\.)*[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$/;

/** Reads the options once; throws a TypeError that names the option, its variable and the fix. */
export function cookiePolicy(
  options: CookiePolicyOptions = {},
): (request: RequestOrigin) => CookieAttributes {
  const sameSite = readSameSite(options.sameSite);
  const maxAge = readMaxAge(options.maxAge);
  const domain = readDomain(options.domain);
  const shared = { path: "/", httpOnly: true, sameSite, maxAge } as const;
  return (request) => ({
    ...shared,
    secure: sameSite === "none" || isSecure(request, options.trustProxy === true),
    ...(domain === undefined ? {} : { domain }),
  });
}

/** What is not known counts as https: too strict loses a cookie, too lax gives it away. */
function isSecure({ url, forwardedProto }: RequestOrigin, trustProxy: boolean): boolean {
  if (trustProxy && forwardedProto) {
    // The first of several is what the browser spoke.
    return forwardedProto.split(",", 1)[0]?.trim().toLowerCase() !== "http";
  }
  if (url === undefined) return true;
  const text = String(url);
  return !URL.canParse(text) || new URL(text).protocol !== "http:";
}

function readSameSite(sameSite: string | undefined): SameSite {
  const value = String(sameSite || "lax").toLowerCase();
  if (SAME_SITE.includes(value)) return value as SameSite;
  throw new TypeError(
    `sameSite (WORKOS_COOKIE_SAMESITE) must be lax, strict or none, not "${sameSite}".`,
  );
}

function readMaxAge(maxAge: number | string | undefined): number {
  if (maxAge === undefined || maxAge === "") return MAX_AGE_LIMIT;
  const seconds = /^[0-9]+$/.test(String(maxAge)) ? Number(maxAge) : Number.NaN;
  if (Number.isSafeInteger(seconds) && seconds > 0) return Math.min(seconds, MAX_AGE_LIMIT);
  throw new TypeError(
    `maxAge (WORKOS_COOKIE_MAX_AGE) must be whole seconds above 0, such as 86400, not "${maxAge}".`,
  );
}

function readDomain(domain: string | undefined): string | undefined {
  if (!domain) return undefined;
  const name = domain.replace(/^\./, "").toLowerCase();
  if (HOST_NAME.test(name)) return name;
  throw new TypeError(
    `domain (WORKOS_COOKIE_DOMAIN) must be a host name such as example.com, not "${domain}".`,
  );
}
