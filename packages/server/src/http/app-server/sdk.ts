import type { FlagPoll } from "@latchkey/core/protocol/app-server";
import { validateApiKey } from "@latchkey/core/protocol/app-server-requests";
import { Hono } from "hono";
import type { Services } from "../../services.ts";
import type { RequestEnv } from "../context.ts";
import { readJson } from "../read-body.ts";

/** What the vendor's SDKs ask for in the background. */
export function sdkRoutes({ store }: Services): Hono<RequestEnv> {
  const routes = new Hono<RequestEnv>();

  routes.get("/sdk/feature-flags", async (context) => {
    const { app } = context.var.caller;
    // A flag may be called "constructor".
    const flags: FlagPoll = Object.create(null);
    for (const { id, featureFlags } of await store.organizations.withFeatureFlags(app.id)) {
      for (const slug of featureFlags) {
        const targets = { users: [], organizations: [] };
        flags[slug] ??= { slug, enabled: true, default_value: false, targets };
        flags[slug].targets.organizations.push({ id, enabled: true });
      }
    }
    return context.json(flags);
  });

  // Organizations have no keys of their own here, so that none is good.
  routes.post("/api_keys/validations", async (context) => {
    await readJson(context, validateApiKey);
    return context.json({ api_key: null });
  });

  return routes;
}
