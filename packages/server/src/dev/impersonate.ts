import { LatchkeyError } from "@latchkey/core/errors";
import { impersonation } from "@latchkey/core/protocol/app-server-requests";
import { Hono } from "hono";
import type { RequestEnv } from "../http/context.ts";
import { readJson } from "../http/read-body.ts";
import type { Services } from "../services.ts";
import { impersonate } from "../sessions/impersonation.ts";

/** POST /dev/impersonate: what `latchkey impersonate` does, for tests and for apps without a browser. */
export function impersonateRoutes(services: Services): Hono<RequestEnv> {
  const routes = new Hono<RequestEnv>();
  routes.post("/dev/impersonate", async (context) => {
    const input = await readJson(context, impersonation);
    const app = await services.directory.findByClientId(input.client_id);
    if (!app) throw new LatchkeyError("app_not_found", 404, "No app has this client_id.");
    const { code } = await impersonate(services, {
      app,
      userEmail: input.user_email,
      redirectUri: input.redirect_uri,
      impersonator: { email: input.impersonator_email, reason: input.reason },
    });
    return context.json({ code });
  });
  return routes;
}
