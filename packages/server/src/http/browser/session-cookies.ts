/** Puts a session into the browser's cookies and takes it out again. */

import { cookieValues, parseCookieHeader } from "@latchkey/core/cookies/cookie-header";
import { cookieNames } from "@latchkey/core/cookies/cookie-names";
import {
  expiredSessionCookies,
  identityTokenCookie,
  sessionCookies,
} from "@latchkey/core/cookies/session-cookies";
import { countCookies, expireTwins } from "@latchkey/core/cookies/twin-cookies";
import { LatchkeyError } from "@latchkey/core/errors";
import {
  type AuthenticatedUser,
  COOKIE_HELD_REFRESH_TOKEN,
  TERMINAL_CODE,
} from "@latchkey/core/protocol/browser";
import { decodeJwt } from "@latchkey/core/tokens/jwt";
import { parseRefreshToken } from "@latchkey/core/tokens/refresh-token";
import type { App } from "../../apps/app-directory.ts";
import type { CookieMode } from "../../cookies/cookie-mode.ts";
import type { Services } from "../../services.ts";
import { identityToken, tokenTimes } from "../../sessions/browser-answer.ts";
import { sessionPolicy } from "../../sessions/policy.ts";
import type { Session, User } from "../../storage/store.ts";
import { bearerToken } from "../bearer-token.ts";
import type { RequestContext } from "../context.ts";

/** Every distinct value of the refresh-token cookie; none where cookies do not count. */
export function refreshCookies(context: RequestContext): string[] {
  const { app, cookies } = context.get("caller");
  return cookies ? refreshCookieValues(context.req.header("cookie"), app.settings) : [];
}

/** Under the name that the cookie has now, then under those that it had. */
export function refreshCookieValues(
  header: string | undefined,
  { cookiePrefix, formerCookiePrefixes }: App["settings"],
): string[] {
  const names = [cookiePrefix, ...formerCookiePrefixes].map((prefix) => cookieNames(prefix));
  return [...new Set(names.flatMap(({ refreshToken }) => cookieValues(header, refreshToken)))];
}

interface Delivered {
  readonly session: Session;
  /** Milliseconds by the database's clock. */
  readonly now: number;
}

/**
 * The answer as it may be sent: where the request's session is kept in cookies, those are set and
 * the body has no refresh token. A session that was delivered in bodies moves into cookies for good
 * (session rule R6).
 */
export async function deliver(
  services: Services,
  context: RequestContext,
  answer: AuthenticatedUser,
  { session, now }: Delivered,
): Promise<AuthenticatedUser> {
  const { cookies, app, client } = context.get("caller");
  if (!cookies) {
    if (session.delivery === "body") return answer;
    throw cookieRequired(null);
  }
  if (session.delivery === "body") await services.store.sessions.deliverByCookie(session.id);
  const policy = sessionPolicy(app, client, services.settings.sessions);
  const { issuedAt, expiresAt } = tokenTimes(policy, session, now);
  removeTwins(context, cookies);
  removeFormer(context, cookies);
  append(
    context,
    sessionCookies(cookies.scope, {
      accessToken: answer.token ?? "",
      identityToken: answer.identity_token ?? null,
      refreshToken: answer.refresh_token ?? "",
      tokenLife: expiresAt - issuedAt,
      sessionLife: Math.ceil(
        (Math.min(session.absoluteExpiresAt, session.idleExpiresAt) - now) / 1000,
      ),
    }),
  );
  return { ...answer, refresh_token: COOKIE_HELD_REFRESH_TOKEN };
}

/** After the user's accounts changed: the identity token tells of them. */
export async function renewIdentityCookie(
  services: Services,
  context: RequestContext,
  user: User,
  { session, now }: Delivered,
): Promise<void> {
  const { cookies, app, client } = context.get("caller");
  if (!cookies || session.delivery !== "cookie" || !app.settings.identityToken) return;
  const times = tokenTimes(sessionPolicy(app, client, services.settings.sessions), session, now);
  const token = await identityToken(services.signingKeys, app, user, times);
  const life = times.expiresAt - times.issuedAt;
  append(context, [identityTokenCookie(cookies.scope, token, life)]);
}

/** On a terminal answer about the cookies' own session and on logout, never else (R5). */
export function clearSessionCookies(context: RequestContext, cookies: CookieMode | null): void {
  if (!cookies) return;
  removeTwins(context, cookies);
  removeFormer(context, cookies);
  append(context, expiredSessionCookies(cookies.scope));
}

/**
 * Takes the cookies away when a call of a signed-in user was told that the session is over, if it is
 * the one that they hold.
 */
export async function endCookies(
  context: RequestContext,
  next: () => Promise<void>,
): Promise<void> {
  await next();
  const { error } = context;
  if (!(error instanceof LatchkeyError) || error.code !== TERMINAL_CODE) return;
  // The refresh itself has judged what it was given.
  if (context.res.headers.has("set-cookie")) return;
  const [held, ...others] = refreshCookies(context);
  if (held === undefined || others.length > 0) return;
  const bearer = bearerToken(context);
  const sid = bearer === null ? undefined : decodeJwt(bearer)?.payload.sid;
  if (sid !== undefined && parseRefreshToken(held)?.sid === sid) {
    clearSessionCookies(context, context.get("caller").cookies);
  }
}

/** The session's refresh token is in a cookie of the session host, and the call came without it. */
export function cookieRequired(mode: CookieMode | null): LatchkeyError {
  const where = mode ? mode.baseUrl : "the app's session host";
  return new LatchkeyError(
    "cookie_required",
    403,
    `The refresh token of this session is in a cookie of ${where}. Nothing was changed: send the call there, from a page of the app's domain and with credentials (custom_api_url in GET /apps/:id).`,
  );
}

/** Cookies under a name that they no longer have. */
function removeFormer(context: RequestContext, { scope, formerPrefixes }: CookieMode): void {
  const sent = parseCookieHeader(context.req.header("cookie")).map(({ name }) => name);
  for (const prefix of formerPrefixes) {
    const names: string[] = Object.values(cookieNames(prefix));
    if (sent.some((name) => names.includes(name))) {
      append(context, expiredSessionCookies({ ...scope, prefix }));
    }
  }
}

function removeTwins(context: RequestContext, { scope, host, pathPrefix }: CookieMode): void {
  const name = cookieNames(scope.prefix).refreshToken;
  if (countCookies(context.req.header("cookie"), name) < 2) return;
  const path = pathPrefix + new URL(context.req.url).pathname;
  const keep = { domain: null, path: scope.refreshPath };
  append(context, expireTwins({ host, path, name, keep }));
}

function append(context: RequestContext, lines: readonly string[]): void {
  for (const line of lines) context.header("set-cookie", line, { append: true });
}
