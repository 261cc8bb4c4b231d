import { crypto } from "@latchkey/core/crypto";
import { Hono } from "hono";
import { appConfig } from "../../apps/app-config.ts";
import { cookieModeOf, hasCookiesOn, NO_DOMAIN_WARNING } from "../../cookies/cookie-mode.ts";
import type { Services } from "../../services.ts";
import type { RequestEnv } from "../context.ts";
import { jwksAnswer } from "../jwks-answer.ts";
import { findApp, findClient, proxiedMode, requireOrigin } from "../middleware/caller.ts";
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
    const proxied = await proxiedMode(context, directory, app, client);
    if (domain === null && proxied === null && hasCookiesOn(app, client)) {
      context.header("x-latchkey-warning", NO_DOMAIN_WARNING);
      if (!warned.has(app.id)) services.log.warn({ appId: app.id }, NO_DOMAIN_WARNING);
      if (warned.size < 1000) warned.add(app.id);
    }
    const { current } = await signingKeys.of(app.id, "browser");
    const key = await crypto.exportEs256Pem(current.publicJwk);
    const cookies = proxied ?? cookieModeOf(app, client, domain);
    const providers = await services.providers.ofApp(app.id);
    return context.json(appConfig(app, client, cookies, key, providers));
  });

  routes.get("/apps/:id/jwks.json", async (context) => {
    const app = await findApp(directory, context.req.param("id"));
    const { published } = await signingKeys.of(app.id, "browser");
    return jwksAnswer(context, published);
  });

  return routes;
}
