import { Hono } from "hono";
import type { Services } from "../services.ts";
import type { RequestEnv } from "./context.ts";
import { nothingHere } from "./middleware/known-route.ts";

const TOKEN = /^[A-Za-z0-9_-]{1,128}$/;

/**
 * What a CA asks over plain HTTP before it issues (RFC 8555 section 8.3). Every instance answers for
 * every order, on the host that the order is for.
 */
export function acmeChallengeRoutes({ store }: Services): Hono<RequestEnv> {
  const routes = new Hono<RequestEnv>();
  routes.get("/.well-known/acme-challenge/:token", async (context) => {
    const token = context.req.param("token");
    const { hostname } = new URL(context.req.url);
    const value = TOKEN.test(token)
      ? await store.certificates.httpChallenge(hostname, token)
      : null;
    if (value === null) throw nothingHere(context.req.method, context.req.path);
    return context.body(value, 200, { "content-type": "application/octet-stream" });
  });
  return routes;
}
