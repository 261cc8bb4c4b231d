/** The two cookies of the hosted sign-in. Both are for this host alone and no script reads them. */

import { cookieValues } from "@latchkey/core/cookies/cookie-header";
import { crypto } from "@latchkey/core/crypto";
import { base64url } from "@latchkey/core/encoding";
import type { RequestContext } from "../http/context.ts";

/** Random texts of 256 bits. */
const VALUE = /^[A-Za-z0-9_-]{43}$/;

export interface HostCookie {
  /** Without the prefix that https adds. */
  readonly name: string;
  readonly maxAgeS: number;
}

/** Binds a sign-in to the browser that began it (ASVS 10.1.2). */
export const BINDING_COOKIE: HostCookie = { name: "latchkey-login", maxAgeS: 86_400 };

/** Whoever holds it signed in here, and other apps need not ask again; it lasts 30 days. */
export const SIGN_IN_COOKIE: HostCookie = { name: "latchkey-sign-in", maxAgeS: 30 * 86_400 };

export const newCookieValue = (): string => base64url(crypto.randomBytes(32));

/** The value that came with the request; null without one, or with several that differ. */
export function readCookie(
  context: RequestContext,
  cookie: HostCookie,
  secure: boolean,
): string | null {
  const [value, ...others] = cookieValues(context.req.header("cookie"), nameOn(cookie, secure));
  return value !== undefined && VALUE.test(value) && others.length === 0 ? value : null;
}

/** SameSite=Lax: it comes along when an app's page sends the browser here, and with no other site's form. */
export function setCookie(
  context: RequestContext,
  cookie: HostCookie,
  secure: boolean,
  value: string,
): void {
  writeCookie(context, cookie, secure, value, cookie.maxAgeS);
}

export function deleteCookie(context: RequestContext, cookie: HostCookie, secure: boolean): void {
  writeCookie(context, cookie, secure, "", 0);
}

function writeCookie(
  context: RequestContext,
  cookie: HostCookie,
  secure: boolean,
  value: string,
  maxAgeS: number,
): void {
  const attributes = `Path=/; Max-Age=${maxAgeS}; HttpOnly; SameSite=Lax${secure ? "; Secure" : ""}`;
  context.header("set-cookie", `${nameOn(cookie, secure)}=${value}; ${attributes}`, {
    append: true,
  });
}

const nameOn = ({ name }: HostCookie, secure: boolean): string =>
  secure ? `__Host-${name}` : name;
