import { COOKIE_HELD_REFRESH_TOKEN } from "@latchkey/core/protocol/browser";
import { sessionLogout, sessionRefresh } from "@latchkey/core/protocol/browser-requests";
import { Hono } from "hono";
import { authenticTokens } from "../../cookies/presented-token.ts";
import { requireRefreshCaller } from "../../cookies/refresh-caller.ts";
import type { Services } from "../../services.ts";
import { provenSid } from "../../sessions/bearer.ts";
import { authenticatedUser } from "../../sessions/browser-answer.ts";
import { logout } from "../../sessions/logout.ts";
import { sessionPolicy } from "../../sessions/policy.ts";
import { clientMismatch, terminalError } from "../../sessions/terminal.ts";
import { bearerToken } from "../bearer-token.ts";
import type { RequestEnv } from "../context.ts";
import { readJson } from "../read-body.ts";
import { refreshFromRequest } from "./refresh-from-request.ts";
import { clearSessionCookies, deliver, refreshCookies } from "./session-cookies.ts";

/** POST /sessions (refresh) and POST /sessions/logout. */
export function sessionRoutes(services: Services): Hono<RequestEnv> {
  const routes = new Hono<RequestEnv>();

  routes.post("/sessions", async (context) => {
    const caller = context.get("caller");
    const { app, client } = caller;
    requireRefreshCaller({
      ...caller,
      nativeAppId: context.req.header("x-native-app-identifier") ?? null,
      authorization: context.req.header("authorization") ?? null,
    });
    const body = await readJson(context, sessionRefresh);
    const refreshed = await refreshFromRequest(services, context, body.refresh_token || null);
    const { user } = refreshed;
    if (!user) {
      clearSessionCookies(context, caller.cookies);
      throw terminalError("user_deleted");
    }
    const answer = await authenticatedUser(services.signingKeys, {
      ...refreshed,
      app,
      user,
      policy: sessionPolicy(app, client, services.settings.sessions),
    });
    return context.json(await deliver(services, context, answer, refreshed));
  });

  routes.post("/sessions/logout", async (context) => {
    const { app, cookies } = context.get("caller");
    const body = await readJson(context, sessionLogout);
    const bearer = bearerToken(context);
    const sid = bearer && (await provenSid(services, app, bearer));
    const kept = await authenticTokens(services, refreshCookies(context));
    const given = body.refresh_token === COOKIE_HELD_REFRESH_TOKEN ? null : body.refresh_token;
    for (const refreshToken of [given || null, ...kept]) {
      const result = await logout(services, {
        appId: app.id,
        protocol: "browser",
        refreshToken,
        provenSids: sid ? [sid] : [],
      });
      // A twin of another app's is none of this logout's business.
      if (result === "client_mismatch" && !kept.includes(refreshToken ?? "")) {
        throw clientMismatch();
      }
    }
    clearSessionCookies(context, cookies);
    return context.json({});
  });

  return routes;
}
