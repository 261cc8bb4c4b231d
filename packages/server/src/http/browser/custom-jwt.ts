import { LatchkeyError } from "@latchkey/core/errors";
import { customJwtAuthenticate, customJwtLink } from "@latchkey/core/protocol/browser-requests";
import { Hono } from "hono";
import type { App } from "../../apps/app-directory.ts";
import type { Services } from "../../services.ts";
import { requireSession } from "../../sessions/bearer.ts";
import { toWireUser } from "../../users/wire-user.ts";
import { bearerToken } from "../bearer-token.ts";
import type { RequestEnv } from "../context.ts";
import { limitByIp } from "../middleware/ip-limit.ts";
import { readJson } from "../read-body.ts";
import { accountAnswer } from "./account-answer.ts";
import { beginSession } from "./begin-session.ts";
import { renewIdentityCookie } from "./session-cookies.ts";

/** Signing in with, and linking, the app's own login. */
export function customJwtRoutes(services: Services): Hono<RequestEnv> {
  const routes = new Hono<RequestEnv>();
  const limits = services.settings.limitByIp ? services.store.limits : null;

  async function proven(app: App, token: string) {
    const { customJwt } = app.settings;
    if (!customJwt) {
      throw new LatchkeyError(
        "disallowed_login_method",
        403,
        "This app takes no tokens of another login. Set customJwt in its settings.",
      );
    }
    return { type: "custom_auth", subject: await services.customJwt(customJwt, token) };
  }

  routes.post(
    "/custom_jwt_account/authenticate",
    limitByIp(limits, { name: "custom-jwt", max: 300, windowMs: 600_000 }),
    async (context) => {
      const { token, mode } = await readJson(context, customJwtAuthenticate);
      const account = await proven(context.var.caller.app, token);
      const answer = await beginSession(services, context, {
        account,
        method: "custom_jwt",
        allowSignUp: mode === "login-or-sign-up",
      });
      return context.json(answer);
    },
  );

  routes.post("/custom_jwt_account/link", async (context) => {
    const { app } = context.var.caller;
    const { token } = await readJson(context, customJwtLink);
    const caller = await requireSession(services, app, bearerToken(context));
    const { user, session } = caller;
    const account = await proven(app, token);
    const result = await services.store.users.link(app.id, user.id, account, null, session.id);
    const linked = accountAnswer(result);
    await renewIdentityCookie(services, context, linked, caller);
    return context.json(toWireUser(linked));
  });

  return routes;
}
