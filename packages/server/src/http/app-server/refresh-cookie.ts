/**
 * The refresh token of a public client's page: in an HttpOnly cookie of our own host, one for each
 * client. Beside it `workos-has-session`, which says nothing but that there is one, and which a page
 * of the same site can read, so that clients know whether a refresh is worth asking for.
 */
import { cookieValues } from "@latchkey/core/cookies/cookie-header";
import type { RequestContext } from "../context.ts";

export interface RefreshCookieOptions {
  readonly clientId: string;
  readonly secure: boolean;
  /** Origin of the page that calls. */
  readonly page: string;
  /** Our own origin. */
  readonly publicUrl: string;
}

const HINT = "workos-has-session";
/** What browsers keep a cookie for at most, 400 days; the token knows its own end. */
const MAX_AGE_S = 400 * 86_400;

const nameFor = ({ clientId, secure }: RefreshCookieOptions) =>
  `${secure ? "__Host-" : ""}latchkey-refresh-${clientId}`;

/** The token that came along; null without one, or with several that differ. */
export function readRefreshCookie(
  context: RequestContext,
  options: RefreshCookieOptions,
): string | null {
  const [value, ...others] = valuesOf(context, nameFor(options));
  return value && others.every((each) => each === value) ? value : null;
}

export function setRefreshCookie(
  context: RequestContext,
  options: RefreshCookieOptions,
  token: string,
): void {
  write(context, `${nameFor(options)}=${token}; Max-Age=${MAX_AGE_S}; HttpOnly`, options);
  writeHint(context, options, [...hinted(context), options.clientId]);
}

/** Only on a terminal answer (session rule R5). */
export function clearRefreshCookie(context: RequestContext, options: RefreshCookieOptions): void {
  write(context, `${nameFor(options)}=; Max-Age=0; HttpOnly`, options);
  writeHint(
    context,
    options,
    hinted(context).filter((id) => id !== options.clientId),
  );
}

/** A page of another site is a page of this app too, so that over https the cookie goes with its calls. */
function write(context: RequestContext, cookie: string, { secure }: RefreshCookieOptions): void {
  const site = secure ? "SameSite=None; Secure" : "SameSite=Lax";
  context.header("set-cookie", `${cookie}; Path=/; ${site}`, { append: true });
}

function writeHint(
  context: RequestContext,
  { secure, page, publicUrl }: RefreshCookieOptions,
  clientIds: readonly string[],
): void {
  const ids = [...new Set(clientIds)].join(".");
  const domain = sharedDomain(new URL(page).hostname, new URL(publicUrl).hostname);
  const attributes = [
    `${HINT}=${ids}`,
    "Path=/",
    `Max-Age=${ids === "" ? 0 : MAX_AGE_S}`,
    "SameSite=Lax",
    ...(secure ? ["Secure"] : []),
    ...(domain === null ? [] : [`Domain=${domain}`]),
  ];
  context.header("set-cookie", attributes.join("; "), { append: true });
}

const hinted = (context: RequestContext): string[] =>
  valuesOf(context, HINT)
    .flatMap((value) => value.split("."))
    .filter((id) => /^client_[a-z0-9]{1,64}$/.test(id))
    .slice(0, 20);

const valuesOf = (context: RequestContext, name: string): string[] =>
  cookieValues(context.req.header("cookie"), name);

/**
 * The longest ending that both hosts share, of two labels at least. Where that is a public suffix,
 * such as co.uk, browsers refuse the cookie, which is what they should.
 */
export function sharedDomain(one: string, other: string): string | null {
  if (one === other) return null;
  if (/^[\d.]+$|:/.test(one) || /^[\d.]+$|:/.test(other)) return null;
  const [a, b] = [one.split(".").reverse(), other.split(".").reverse()];
  const shared: string[] = [];
  for (const [at, label] of a.entries()) {
    if (b[at] !== label) break;
    shared.unshift(label);
  }
  return shared.length >= 2 ? shared.join(".") : null;
}
