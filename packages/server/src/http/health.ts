import { Hono } from "hono";
import type { Services } from "../services.ts";
import type { RequestEnv } from "./context.ts";

/** `/healthz`: the process answers. `/readyz`: it can serve, database and clock included. */
export function healthRoutes({ store, clockGuard }: Services): Hono<RequestEnv> {
  const routes = new Hono<RequestEnv>();
  routes.get("/healthz", (context) => context.json({ status: "ok" }));
  routes.get("/readyz", async (context) => {
    const database = await store.now().then(
      () => "ok",
      () => "unreachable",
    );
    const clock = clockGuard.agrees() ? "ok" : "departed";
    const ready = database === "ok" && clock === "ok";
    if (!ready) context.header("retry-after", "5");
    return context.json({ status: ready ? "ok" : "not_ready", database, clock }, ready ? 200 : 503);
  });
  return routes;
}
