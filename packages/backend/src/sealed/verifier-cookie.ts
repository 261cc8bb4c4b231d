/**
 * What a sign-in that is under way keeps in the browser that began it: a sealed cookie of its own
 * for ten minutes, so that sign-ins in several tabs do not undo each other. The callback counts
 * only where it is (login CSRF; RFC 6749 section 10.12), and the PKCE verifier never leaves it.
 */

import type { RequestCookie } from "@latchkey/core/cookies/cookie-header";
import { crypto } from "@latchkey/core/crypto";
import { base64url } from "@latchkey/core/encoding";
import { expireCookie, serializeSetCookie } from "@latchkey/core/sealed/set-cookie";
import type { SessionSettings } from "./options.ts";
import { originOf } from "./request-cookies.ts";
import type { SessionRequest } from "./session-result.ts";

const PURPOSE = "wos-auth-verifier";
const COOKIE = /^wos-auth-verifier-[A-Za-z0-9_-]{1,32}$/;
const LIFETIME_MS = 600_000;
/** With this one, and those of abandoned sign-ins: more make headers that servers refuse (431). */
const MOST_FLOWS = 5;

export interface SignInFlow {
  /** The `state` of the authorization request. */
  readonly nonce: string;
  readonly codeVerifier: string;
  readonly returnPathname: string;
  readonly customState?: string;
}

export function newFlow(returnPathname: string, customState: string | undefined): SignInFlow {
  return {
    nonce: base64url(crypto.randomBytes(16)),
    codeVerifier: base64url(crypto.randomBytes(32)),
    returnPathname,
    ...(customState !== undefined && { customState }),
  };
}

/** The Set-Cookie lines that begin a flow, and end the oldest of too many. */
export async function flowCookies(
  settings: SessionSettings,
  request: SessionRequest,
  cookies: readonly RequestCookie[],
  flow: SignInFlow,
): Promise<string[]> {
  const attributes = settings.verifierAttributesFor(originOf(request));
  const expiresAt = settings.now() + LIFETIME_MS;
  const value = await settings.ring.seal({ ...flow }, { purpose: PURPOSE, expiresAt });
  // Browsers send the older ones first (RFC 6265 section 5.4).
  const earlier = [...new Set(cookies.map(({ name }) => name).filter((name) => COOKIE.test(name)))];
  const surplus = earlier.slice(0, Math.max(0, earlier.length - MOST_FLOWS + 1));
  return [
    ...surplus.map((name) => expireCookie(name, attributes)),
    serializeSetCookie(cookieName(flow.nonce), value, attributes),
  ];
}

/** Null when this browser began no such sign-in, or more than ten minutes ago. */
export async function findFlow(
  { ring, now }: SessionSettings,
  cookies: readonly RequestCookie[],
  state: string,
): Promise<SignInFlow | null> {
  for (const { name, value } of cookies) {
    if (name !== cookieName(state)) continue;
    const opened = await ring.open(value, { purpose: PURPOSE, now: now() });
    const flow = opened.ok ? (opened.value as unknown as SignInFlow) : null;
    // A seal of the format `iron` is bound to no name: only what is inside tells what it is for.
    if (flow?.nonce === state && typeof flow.codeVerifier === "string") return flow;
  }
  return null;
}

export function endFlow(settings: SessionSettings, request: SessionRequest, state: string): string {
  return expireCookie(cookieName(state), settings.verifierAttributesFor(originOf(request)));
}

/** Anything may stand in a callback's URL; what is no state of ours names no cookie. */
const cookieName = (state: string) =>
  `${PURPOSE}-${/^[A-Za-z0-9_-]{22}$/.test(state) ? state.slice(0, 10) : "none"}`;
