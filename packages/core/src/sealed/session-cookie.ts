/** The session cookie as a whole: from a request's cookies to a session, and to Set-Cookie. */

import type { RequestCookie } from "../cookies/cookie-header.ts";
import type { CookieAttributes } from "./cookie-attributes.ts";
import { COOKIE_LIMIT, isPartOf, octetsOf, splitCookie } from "./cookie-chunks.ts";
import type { KeyRing } from "./key-ring.ts";
import { type NoSession, type OpenedSession, openSession, opensAll } from "./open-session.ts";
import { type SealedSession, sealableSession } from "./sealed-session.ts";
import { expireCookie, expireCookies, serializeSetCookie } from "./set-cookie.ts";

export interface SessionCookieOptions {
  readonly name: string;
  readonly ring: KeyRing;
  /** Names and domains that earlier configurations used: such cookies are removed. */
  readonly formerNames?: readonly string[] | undefined;
  readonly formerDomains?: readonly string[] | undefined;
}

/** What is known of the request that the cookies answer. */
export interface CookieRequest {
  readonly cookies: readonly RequestCookie[];
  /** From `cookiePolicy`. */
  readonly attributes: CookieAttributes;
  /** The host name asked for: finds twins on the domains above it. */
  readonly host?: string | undefined;
  /** Milliseconds since the epoch. */
  readonly now: number;
}

export type SealedCookie =
  | {
      readonly ok: true;
      /** Set-Cookie headers, removals first. */
      readonly setCookies: readonly string[];
      /** What they set. */
      readonly cookies: readonly RequestCookie[];
      /** For the log: browsers will drop the cookie. */
      readonly warning: string | null;
    }
  /** Longer than all chunks hold: nothing is set. `most` is the length that would fit. */
  | {
      readonly ok: false;
      readonly reason: "too_large";
      readonly length: number;
      readonly most: number;
    };

export interface SessionCookie {
  open(cookies: readonly RequestCookie[], now: number): Promise<OpenedSession | NoSession>;
  /**
   * Seals a session, and removes what the request shows to be left over. The format `iron` is one
   * cookie of any length: the vendor's SDKs read but one.
   */
  seal(session: SealedSession, request: CookieRequest): Promise<SealedCookie>;
  /**
   * The Set-Cookie headers that remove the session with all that the request shows to be of it. For
   * a sign-out or a typed terminal answer only (session rule R5).
   */
  expire(request: CookieRequest): Promise<string[]>;
}

export function createSessionCookie(options: SessionCookieOptions): SessionCookie {
  const { name, ring, formerNames = [], formerDomains } = options;
  const names = [name, ...formerNames];

  async function isAllOurs({ cookies, now }: CookieRequest): Promise<boolean> {
    const ours = names.map((own) => opensAll(cookies, { name: own, ring, now }));
    return (await Promise.all(ours)).every(Boolean);
  }

  /**
   * Where this app writes, all but `written` goes. Elsewhere (twins on other domains, former names)
   * only what was sent does, and only when none of it is of another app (session rule R5).
   */
  async function removals(
    always: readonly string[],
    written: readonly string[],
    request: CookieRequest,
  ): Promise<string[]> {
    const { cookies, attributes, host } = request;
    const sent = cookies.map((cookie) => cookie.name);
    const sentOf = (own: string) => sent.filter((each) => isPartOf(own, each));
    const here = [...always, ...sentOf(name)].filter((each) => !written.includes(each));
    const headers = new Set(here.map((each) => expireCookie(each, attributes)));
    const isTwin = (each: string) => sent.indexOf(each) !== sent.lastIndexOf(each);
    const gone = names.flatMap(sentOf).filter((each) => isTwin(each) || !written.includes(each));
    if (gone.length > 0 && (await isAllOurs(request))) {
      const places = { domains: formerDomains, host };
      for (const header of expireCookies(gone, attributes, places)) headers.add(header);
    }
    for (const each of written) headers.delete(expireCookie(each, attributes));
    return [...headers];
  }

  return {
    open: (cookies, now) => openSession(cookies, { name, ring, now }),

    async seal(session, request) {
      const { attributes } = request;
      const value = await ring.seal(sealableSession(session), { purpose: name });
      const octets = octetsOf(name, value, attributes);
      const unsplit = { ok: true, cookies: [{ name, value }] } as const;
      const split = ring.format === "iron" ? unsplit : await splitCookie(name, value, attributes);
      if (!split.ok) return { ...split, length: value.length };
      const written = split.cookies.map((cookie) => cookie.name);
      return {
        ok: true,
        setCookies: [
          ...(await removals([], written, request)),
          ...split.cookies.map((each) => serializeSetCookie(each.name, each.value, attributes)),
        ],
        cookies: split.cookies,
        warning:
          split === unsplit && octets > COOKIE_LIMIT
            ? `The cookie ${name} has ${octets} octets and browsers drop what has more than ${COOKIE_LIMIT}: seal less, or in the format "compact", which is split.`
            : null,
      };
    },

    expire: (request) => removals([name], [], request),
  };
}
