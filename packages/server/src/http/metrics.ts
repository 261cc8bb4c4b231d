import { crypto } from "@latchkey/core/crypto";
import { utf8 } from "@latchkey/core/encoding";
import { LatchkeyError } from "@latchkey/core/errors";
import { Hono } from "hono";
import type { Services } from "../services.ts";
import { bearerToken } from "./bearer-token.ts";
import type { RequestEnv } from "./context.ts";

/** `/metrics` for Prometheus, with the token that the operator configured. */
export function metricsRoutes({ metrics, settings }: Services): Hono<RequestEnv> {
  const routes = new Hono<RequestEnv>();
  routes.get("/metrics", async (context) => {
    const { metricsToken } = settings;
    if (typeof metricsToken === "string") {
      const sent = bearerToken(context) ?? "";
      const [a, b] = await Promise.all([
        crypto.sha256(utf8(sent)),
        crypto.sha256(utf8(metricsToken)),
      ]);
      if (!crypto.timingSafeEqual(a, b)) {
        throw new LatchkeyError(
          "invalid_credentials",
          401,
          "Send LATCHKEY_METRICS_TOKEN as Authorization: Bearer.",
        );
      }
    }
    return context.body(await metrics.render(), 200, { "content-type": metrics.contentType });
  });
  return routes;
}
