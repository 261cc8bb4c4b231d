import { Hono } from "hono";
import type { Services } from "../../services.ts";
import { appAccessRoutes } from "../browser-backend/app-access.ts";
import { userRoutes } from "../browser-backend/users.ts";
import type { RequestEnv } from "../context.ts";
import { requireAppServer, requireCaller } from "../middleware/caller.ts";
import { readText } from "../read-body.ts";
import { appConfigRoutes } from "./app-config.ts";
import { customJwtRoutes } from "./custom-jwt.ts";
import { guestRoutes } from "./guest.ts";
import { oauthRoutes } from "./oauth.ts";
import { oauthCallbackRoutes } from "./oauth-callback.ts";
import { passkeyRoutes } from "./passkeys.ts";
import { passwordlessRoutes } from "./passwordless.ts";
import { BACKEND_PATHS, PAGE_PATHS } from "./paths.ts";
import { endCookies } from "./session-cookies.ts";
import { sessionRoutes } from "./sessions.ts";
import { usersMeRoutes } from "./users-me.ts";

/** The browser protocol: what pages call, and what apps' servers call about their users. */
export function browserProtocol(services: Services): Hono<RequestEnv> {
  const routes = new Hono<RequestEnv>();
  routes.route("/", appConfigRoutes(services));

  const caller = requireCaller(services);
  for (const path of PAGE_PATHS) {
    routes.use(path, caller, endCookies);
  }
  routes.route("/", passwordlessRoutes(services));
  routes.route("/", guestRoutes(services));
  routes.route("/", customJwtRoutes(services));
  routes.route("/", oauthRoutes(services));
  routes.route("/", oauthCallbackRoutes(services));
  routes.route("/", passkeyRoutes(services));
  routes.route("/", sessionRoutes(services));
  routes.route("/", usersMeRoutes(services));
  // Clients report what they do; this server keeps none of it.
  routes.post("/analytics_events", async (context) => {
    await readText(context);
    return context.json({ success: true });
  });

  const appServer = requireAppServer(services.directory);
  for (const path of BACKEND_PATHS) routes.use(path, appServer);
  routes.route("/", userRoutes(services));
  routes.route("/", appAccessRoutes(services));
  return routes;
}
