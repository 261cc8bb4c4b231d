import { crypto } from "@latchkey/core/crypto";
import { Hono } from "hono";
import { appConfig } from "../../apps/app-config.ts";
import { cookieModeOf, hasCookiesOn, NO_DOMAIN_WARNING } from "../../cookies/cookie-mode.ts";
import type { Services } from "../../services.ts";
import type { RequestEnv } from "../context.ts";
import { findApp, findClient, requireOrigin } from "../middleware/caller.ts";
import { allowEveryOrigin } from "../middleware/cors.ts";
import { readPreLogin, setPreLogin } from "../pre-login-cookie.ts";

/** GET /apps/:id and the keys that verify the app's tokens. */
export function appConfigRoutes(services: Services): Hono<RequestEnv> {
  const routes = new Hono<RequestEnv>();
  const { directory, domains, signingKeys } = services;
  const warned = new Set<string>();

  routes.get("/apps/:id", async (context) => {
    const origin = context.req.header("origin");
    const app = await findApp(directory, context.req.param("id"));
    const client = findClient(app, context.req.header("privy-client-id"));
    const domain = await domains.activeDomainOf(app.id);
    if (origin !== undefined) {
      requireOrigin(app, client, domain, origin);
      const { secure } = services.settings;
      if (readPreLogin(context, secure) === null) setPreLogin(context, secure);
    }
    if (domain === null && hasCookiesOn(app, client)) {
      context.header("x-latchkey-warning", NO_DOMAIN_WARNING);
      if (!warned.has(app.id)) services.log.warn({ appId: app.id }, NO_DOMAIN_WARNING);
      if (warned.size < 1000) warned.add(app.id);
    }
    const { current } = await signingKeys.of(app.id, "browser");
    const key = await crypto.exportEs256Pem(current.publicJwk);
    return context.json(appConfig(app, client, cookieModeOf(app, client, domain), key));
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
