/**
 * The cookies of a session that the session server keeps in the browser (the browser protocol's
 * server-set cookies). Names and values are the protocol's, unless the app has a prefix of its own.
 * The refresh token alone is bound to the host that refreshes: neither the app's servers nor a
 * sibling domain ever see it.
 */
import { cookieNames } from "./cookie-names.ts";

/** Name and value together: browsers drop what is longer (RFC 6265bis section 5.6). */
const LONGEST = 4096;
/** What browsers keep a cookie for at most (RFC 6265bis section 5.5). */
const LONGEST_LIFE = 400 * 86_400;
const PLAIN = /^[A-Za-z0-9._~-]+$/;

export interface CookieScope {
  /** The app's domain, over which all but the refresh token are shared; null: the host alone. */
  readonly domain: string | null;
  readonly sameSite: "strict" | "lax";
  /** Path of the refresh token: `/` on a host of our own, else where the proxy forwards to us. */
  readonly refreshPath: string;
  /** What the names begin with. Default `privy`. */
  readonly prefix?: string;
}

export interface SessionCookieValues {
  readonly accessToken: string;
  /** Null expires the one that is there. */
  readonly identityToken: string | null;
  readonly refreshToken: string;
  /** Seconds until the access token and the identity token expire. */
  readonly tokenLife: number;
  /** Seconds until the session is over unless it is refreshed. */
  readonly sessionLife: number;
}

/** The Set-Cookie headers of a sign-in or a refresh. */
export function sessionCookies(scope: CookieScope, values: SessionCookieValues): string[] {
  const { accessToken, identityToken, refreshToken, tokenLife, sessionLife } = values;
  const names = cookieNames(scope.prefix);
  return [
    setCookie(names.accessToken, accessToken, tokenLife, shared(scope)),
    setCookie(names.sessionHint, "t", sessionLife, { ...shared(scope), readable: true }),
    identityTokenCookie(scope, identityToken, tokenLife),
    setCookie(names.refreshToken, refreshToken, sessionLife, refresh(scope)),
  ];
}

/** The identity token alone, as it changes with the user's accounts. */
export function identityTokenCookie(
  scope: CookieScope,
  token: string | null,
  tokenLife: number,
): string {
  const name = cookieNames(scope.prefix).identityToken;
  const fits = token !== null && name.length + token.length <= LONGEST;
  return setCookie(name, fits ? token : "", fits ? tokenLife : 0, shared(scope));
}

/**
 * The Set-Cookie headers that end a session in the browser: for a terminal answer and a logout, and
 * nothing else (session rule R5). What an earlier setting left on the host alone goes with it.
 */
export function expiredSessionCookies(scope: CookieScope): string[] {
  const { accessToken, sessionHint, identityToken, refreshToken } = cookieNames(scope.prefix);
  return [
    ...[accessToken, sessionHint, identityToken].flatMap((name) =>
      bothScopes(scope).map((at) =>
        setCookie(name, "", 0, { ...at, readable: name === sessionHint }),
      ),
    ),
    setCookie(refreshToken, "", 0, refresh(scope)),
    ...(scope.domain === null
      ? []
      : [setCookie(refreshToken, "", 0, { ...shared(scope), path: "/" })]),
  ];
}

interface Place {
  readonly domain: string | null;
  readonly path: string;
  readonly sameSite: "strict" | "lax";
  readonly readable?: boolean;
}

const shared = ({ domain, sameSite }: CookieScope): Place => ({ domain, path: "/", sameSite });

const refresh = ({ refreshPath, sameSite }: CookieScope): Place => ({
  domain: null,
  path: refreshPath,
  sameSite,
});

const bothScopes = (scope: CookieScope): Place[] =>
  scope.domain === null ? [shared(scope)] : [shared(scope), { ...shared(scope), domain: null }];

/** One Set-Cookie header; a life of 0 seconds removes the cookie. */
export function setCookie(name: string, value: string, life: number, place: Place): string {
  if (value !== "" && !PLAIN.test(value)) {
    throw new TypeError(
      `The value of ${name} is no token: ${name} carries letters, digits and ._~-`,
    );
  }
  const maxAge = Math.max(0, Math.min(LONGEST_LIFE, Math.floor(life)));
  const { domain, path, sameSite, readable = false } = place;
  return [
    `${name}=${value}`,
    ...(domain === null ? [] : [`Domain=${domain}`]),
    `Path=${path}`,
    // Relative, because a user's clock may be wrong.
    `Max-Age=${maxAge}`,
    ...(maxAge === 0 ? ["Expires=Thu, 01 Jan 1970 00:00:00 GMT"] : []),
    "Secure",
    ...(readable ? [] : ["HttpOnly"]),
    `SameSite=${sameSite === "lax" ? "Lax" : "Strict"}`,
    // Chromium drops others first when a sibling domain fills the jar.
    "Priority=High",
  ].join("; ");
}
