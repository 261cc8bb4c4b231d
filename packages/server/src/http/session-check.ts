/**
 * GET /latchkey/v1/session: whether a page's session is still there. Open tabs ask every few seconds,
 * so it is one read by primary key, without a write, and without a body as long as all is well. It
 * neither renews the session nor counts as use of it.
 */
import { LatchkeyError } from "@latchkey/core/errors";
import { isExpired } from "@latchkey/core/sessions/rules";
import { Hono } from "hono";
import { presentedToken } from "../cookies/presented-token.ts";
import type { Services } from "../services.ts";
import { provenSid } from "../sessions/bearer.ts";
import { sessionPolicy } from "../sessions/policy.ts";
import { stateLost } from "../sessions/state-lost.ts";
import { clientMismatch, terminalError } from "../sessions/terminal.ts";
import { authenticToken } from "../sessions/token-session.ts";
import { bearerToken } from "./bearer-token.ts";
import { refreshCookies } from "./browser/session-cookies.ts";
import type { RequestContext, RequestEnv } from "./context.ts";
import { requireCaller } from "./middleware/caller.ts";

export const SESSION_CHECK_PATH = "/latchkey/v1/session";

/** Cookies stay as they are even when the session is over: only the refresh, which follows, judges. */
export function sessionCheckRoutes(services: Services): Hono<RequestEnv> {
  const routes = new Hono<RequestEnv>();
  const { store, tokenKeys, limiter, clockGuard } = services;

  routes.get(SESSION_CHECK_PATH, requireCaller(services), async (context) => {
    const sid = await presentedSid(services, context);
    limiter.check(sid);
    const { session, now } = await store.sessions.read(sid);
    if (!session) throw stateLost();
    if (session.appId !== context.var.caller.app.id || session.protocol !== "browser") {
      throw clientMismatch();
    }
    if (session.endedAt !== null) throw terminalError(session.endReason ?? "revoked");
    if (isExpired(session, now)) {
      clockGuard.requireAgreement();
      throw terminalError("expired");
    }
    if ((await tokenKeys.find(session.kid)).retired) throw terminalError("key_retired");
    return context.body(null, 204);
  });

  return routes;
}

/**
 * Of the cookie where the session is kept in one, else of the access token: an expired one proves as
 * much about whose session it was, and a page left open would otherwise have to renew it in order to ask.
 */
async function presentedSid(services: Services, context: RequestContext): Promise<string> {
  const { app, client } = context.var.caller;
  const { refresh } = sessionPolicy(app, client, services.settings.sessions);
  const cookie = await presentedToken(services, refreshCookies(context), {
    appId: app.id,
    refresh,
  });
  const kept = cookie === null ? null : await authenticToken(services.tokenKeys, cookie);
  if (kept) return kept.sid;
  const bearer = bearerToken(context);
  const sid = bearer === null ? null : await provenSid(services, app, bearer);
  if (sid !== null) return sid;
  throw bearer === null
    ? new LatchkeyError(
        "missing_access_token",
        401,
        "Send the access token as Authorization: Bearer, or the session's cookies.",
      )
    : new LatchkeyError("invalid_access_token", 401, "This is not an access token of this app.");
}
