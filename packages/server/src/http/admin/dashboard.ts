/** The dashboard itself: a page of its own that calls the management API, and nothing else. */
import { LatchkeyError } from "@latchkey/core/errors";
import { Hono } from "hono";
import type { Services } from "../../services.ts";
import type { RequestEnv } from "../context.ts";
import { ownHost } from "./own-host.ts";

/** Styles are set by script, scripts come from here only, and no other page frames it. */
const POLICY =
  "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; font-src 'self'; connect-src 'self'; frame-ancestors 'none'; base-uri 'none'; form-action 'self'";

export function dashboardRoutes(services: Services): Hono<RequestEnv> {
  const routes = new Hono<RequestEnv>();
  for (const path of ["/dashboard", "/dashboard/*"]) routes.use(path, ownHost(services));

  routes.get("/dashboard", (context) => context.redirect("/dashboard/", 302));
  routes.get("/dashboard/*", async (context) => {
    const path = context.req.path.slice("/dashboard/".length);
    const isFile = path.startsWith("assets/");
    // Each page has an address that only the script knows.
    const asset = await services.dashboard(isFile ? path : "index.html");
    if (!asset) throw missing(isFile);
    return context.body(asset.body, 200, {
      "content-type": asset.type,
      // Names of files carry a hash of what is in them.
      "cache-control": isFile ? "public, max-age=31536000, immutable" : "no-cache",
      "content-security-policy": POLICY,
    });
  });
  return routes;
}

function missing(isFile: boolean): LatchkeyError {
  return new LatchkeyError(
    "not_found",
    404,
    isFile
      ? "The dashboard has no such file. After an update, load the page again."
      : "The dashboard is not built. npm start builds it; from a checkout: npm run build.",
  );
}
