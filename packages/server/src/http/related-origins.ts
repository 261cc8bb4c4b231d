import { Hono } from "hono";
import { relatedOrigins } from "../passkeys/relying-party.ts";
import type { Services } from "../services.ts";
import type { RequestEnv } from "./context.ts";
import { hostOf } from "./middleware/caller.ts";

/**
 * Which other origins may use the passkeys of an app's domain (WebAuthn level 3 section 5.11), on the
 * session host of the domain. Browsers ask the domain itself, so its site sends them on to here.
 */
export function relatedOriginRoutes({ store, directory }: Services): Hono<RequestEnv> {
  const routes = new Hono<RequestEnv>();
  routes.get("/.well-known/webauthn", async (context) => {
    const domain = await store.domains.findBySessionHost(hostOf(context));
    const isActive = domain?.state === "active" || domain?.state === "degraded";
    const app = isActive ? await directory.find(domain.appId) : null;
    const origins = app?.settings.passkeyAuth && domain ? relatedOrigins(app, domain) : [];
    context.header("cache-control", "public, max-age=300");
    return context.json({ origins });
  });
  return routes;
}
