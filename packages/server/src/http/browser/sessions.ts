import { COOKIE_HELD_REFRESH_TOKEN } from "@latchkey/core/protocol/browser";
import { sessionLogout, sessionRefresh } from "@latchkey/core/protocol/browser-requests";
import { Hono } from "hono";
import type { Services } from "../../services.ts";
import { provenSid } from "../../sessions/bearer.ts";
import { authenticatedUser } from "../../sessions/browser-answer.ts";
import { logout } from "../../sessions/logout.ts";
import { sessionPolicy } from "../../sessions/policy.ts";
import { type RefreshResult, refreshSession } from "../../sessions/refresh.ts";
import { clientMismatch, terminalError } from "../../sessions/terminal.ts";
import { bearerToken } from "../bearer-token.ts";
import type { RequestEnv } from "../context.ts";
import { readJson } from "../read-body.ts";

/** POST /sessions (refresh) and POST /sessions/logout. */
export function sessionRoutes(services: Services): Hono<RequestEnv> {
  const routes = new Hono<RequestEnv>();

  routes.post("/sessions", async (context) => {
    const { app, client } = context.var.caller;
    const body = await readJson(context, sessionRefresh);
    const policy = sessionPolicy(app, client, services.settings.sessions);
    const token = heldByClient(body.refresh_token);
    if (token === null) throw terminalError("invalid");
    const result = await refreshSession(services, {
      token,
      appId: app.id,
      protocol: "browser",
      policy,
    });
    services.metrics.refresh(outcomeOf(result));
    if (result.kind === "client_mismatch") throw clientMismatch();
    if (result.kind === "terminal") throw terminalError(result.reason);
    const { session, refreshToken, now, outcome } = result;
    if (outcome === "regressed" || outcome === "late_replay") {
      services.log.warn({ sessionId: session.id, outcome }, "unusual refresh");
    }
    const user = await services.store.users.find(app.id, session.userId);
    if (!user) throw terminalError("user_deleted");
    return context.json(
      await authenticatedUser(services.signingKeys, {
        app,
        policy,
        user,
        session,
        refreshToken,
        now,
      }),
    );
  });

  routes.post("/sessions/logout", async (context) => {
    const { app } = context.var.caller;
    const body = await readJson(context, sessionLogout);
    const bearer = bearerToken(context);
    const sid = bearer && (await provenSid(services, app, bearer));
    const result = await logout(services, {
      appId: app.id,
      protocol: "browser",
      refreshToken: heldByClient(body.refresh_token),
      provenSids: sid ? [sid] : [],
    });
    if (result === "client_mismatch") throw clientMismatch();
    return context.json({});
  });

  return routes;
}

function outcomeOf(result: RefreshResult): string {
  if (result.kind === "active") return result.outcome;
  return result.kind === "terminal" ? `terminal_${result.reason}` : result.kind;
}

/** Clients of a cookie-held session send a sentinel in place of the token. */
function heldByClient(token: string | null | undefined): string | null {
  return !token || token === COOKIE_HELD_REFRESH_TOKEN ? null : token;
}
