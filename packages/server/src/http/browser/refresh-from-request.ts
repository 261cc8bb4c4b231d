/** Refreshes the session of a request, wherever its refresh token came along. */

import { LatchkeyError } from "@latchkey/core/errors";
import { COOKIE_HELD_REFRESH_TOKEN } from "@latchkey/core/protocol/browser";
import { cookieModeOf, hasCookiesOn } from "../../cookies/cookie-mode.ts";
import { presentedToken } from "../../cookies/presented-token.ts";
import type { Services } from "../../services.ts";
import { sessionPolicy } from "../../sessions/policy.ts";
import { type RefreshResult, refreshSession } from "../../sessions/refresh.ts";
import { clientMismatch, terminalError } from "../../sessions/terminal.ts";
import type { RequestContext } from "../context.ts";
import { clearSessionCookies, cookieRequired, refreshCookies } from "./session-cookies.ts";

type Active = Extract<RefreshResult, { kind: "active" }>;

/**
 * The cookie counts before the body, which then holds what a client kept of an earlier time. Throws
 * the protocol's errors; on a terminal one the cookies go too.
 */
export async function refreshFromRequest(
  services: Services,
  context: RequestContext,
  bodyToken: string | null,
): Promise<Active> {
  const { app, client, cookies } = context.get("caller");
  const policy = sessionPolicy(app, client, services.settings.sessions);
  const kept = cookies
    ? await presentedToken(services, refreshCookies(context), {
        appId: app.id,
        refresh: policy.refresh,
      })
    : null;
  const tokens = [kept, bodyToken === COOKIE_HELD_REFRESH_TOKEN ? null : bodyToken];
  let result: RefreshResult = { kind: "terminal", reason: "invalid" };
  let asked = false;
  for (const token of tokens) {
    if (!token) continue;
    asked = true;
    result = await refreshSession(services, {
      token,
      appId: app.id,
      protocol: "browser",
      policy,
      delivery: cookies ? "cookie" : "body",
    });
    services.metrics.refresh(outcomeOf(result), app.id);
    if (result.kind === "active") break;
  }
  if (!asked && !cookies) requireReachableCookie(context, bodyToken);
  if (result.kind === "client_mismatch") {
    if (!result.keptInCookie) throw clientMismatch();
    throw cookieRequired(cookieModeOf(app, client, context.get("caller").domain));
  }
  if (result.kind === "terminal") {
    clearSessionCookies(context, cookies);
    throw terminalError(result.reason);
  }
  const { session, outcome } = result;
  if (outcome === "regressed" || outcome === "late_replay") {
    services.log.warn({ sessionId: session.id, outcome }, "unusual refresh");
  }
  return result;
}

/**
 * Without a token nothing is proven about a session that a cookie elsewhere may hold: a client that
 * says so, or is of an app with cookies, is told where to call (session rule R5).
 */
function requireReachableCookie(context: RequestContext, bodyToken: string | null): void {
  const { app, client, domain } = context.get("caller");
  const mode = cookieModeOf(app, client, domain);
  if (mode) throw cookieRequired(mode);
  if (bodyToken === COOKIE_HELD_REFRESH_TOKEN && hasCookiesOn(app, client)) {
    throw new LatchkeyError(
      "domain_inactive",
      503,
      "This session is in cookies of the app's domain, which is not verified at the moment. The session is kept; see latchkey domains check.",
      { retryAfter: 30 },
    );
  }
}

function outcomeOf(result: RefreshResult): string {
  if (result.kind === "active") return result.outcome;
  if (result.kind === "terminal") return `terminal_${result.reason}`;
  return result.keptInCookie ? "kept_in_cookie" : result.kind;
}
