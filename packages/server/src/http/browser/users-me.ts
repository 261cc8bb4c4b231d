import { Hono } from "hono";
import type { Services } from "../../services.ts";
import { requireSession } from "../../sessions/bearer.ts";
import { identityToken, tokenTimes } from "../../sessions/browser-answer.ts";
import { sessionPolicy } from "../../sessions/policy.ts";
import { terminalError } from "../../sessions/terminal.ts";
import { toWireUser } from "../../users/wire-user.ts";
import { bearerToken } from "../bearer-token.ts";
import type { RequestEnv } from "../context.ts";
import { renewIdentityCookie } from "./session-cookies.ts";

/** The signed-in user. */
export function usersMeRoutes(services: Services): Hono<RequestEnv> {
  const routes = new Hono<RequestEnv>();

  routes.get("/users/me", async (context) => {
    const { app, client } = context.get("caller");
    const signedIn = await requireSession(services, app, bearerToken(context));
    const { user, session, now } = signedIn;
    await renewIdentityCookie(services, context, user, signedIn);
    const times = tokenTimes(sessionPolicy(app, client, services.settings.sessions), session, now);
    return context.json({
      user: toWireUser(user),
      identity_token: app.settings.identityToken
        ? await identityToken(services.signingKeys, app, user, times)
        : null,
    });
  });

  routes.post("/users/me/accept_terms", async (context) => {
    const { app } = context.get("caller");
    const { user } = await requireSession(services, app, bearerToken(context));
    const accepted = await services.store.users.acceptTerms(app.id, user.id);
    if (!accepted) throw terminalError("user_deleted");
    return context.json(toWireUser(accepted));
  });

  return routes;
}
