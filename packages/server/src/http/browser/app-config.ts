import { crypto } from "@latchkey/core/crypto";
import { Hono } from "hono";
import { appConfig } from "../../apps/app-config.ts";
import { mayCallFrom } from "../../apps/app-directory.ts";
import type { Services } from "../../services.ts";
import type { RequestEnv } from "../context.ts";
import { findApp, findClient, invalidOrigin } from "../middleware/caller.ts";
import { allowEveryOrigin } from "../middleware/cors.ts";
import { readPreLogin, setPreLogin } from "../pre-login-cookie.ts";

/** GET /apps/:id and the keys that verify the app's tokens. */
export function appConfigRoutes(services: Services): Hono<RequestEnv> {
  const routes = new Hono<RequestEnv>();
  const { directory, signingKeys } = services;

  routes.get("/apps/:id", async (context) => {
    const origin = context.req.header("origin");
    const app = await findApp(directory, context.req.param("id"));
    if (origin !== undefined) {
      const client = findClient(app, context.req.header("privy-client-id"));
      if (!mayCallFrom(app, client, origin)) throw invalidOrigin(app, origin);
      const { secure } = services.settings;
      if (readPreLogin(context, secure) === null) setPreLogin(context, secure);
    }
    const { current } = await signingKeys.of(app.id, "browser");
    return context.json(appConfig(app, await crypto.exportEs256Pem(current.publicJwk)));
  });

  routes.get("/apps/:id/jwks.json", async (context) => {
    const app = await findApp(directory, context.req.param("id"));
    const { published } = await signingKeys.of(app.id, "browser");
    context.header("cache-control", "public, max-age=300, stale-if-error=86400");
    allowEveryOrigin(context);
    return context.json({
      keys: published.map((key) => ({
        kid: key.kid,
        alg: "ES256",
        use: "sig",
        ...key.publicJwk,
      })),
    });
  });

  return routes;
}
