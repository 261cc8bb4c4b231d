import { crypto } from "@latchkey/core/crypto";
import { utf8 } from "@latchkey/core/encoding";
import { Hono } from "hono";
import type { Services } from "../../services.ts";
import type { RequestEnv } from "../context.ts";
import { findApp } from "../middleware/caller.ts";

/**
 * The protocol's React client frames this page and waits for it, up to half a minute, before some
 * sign-ins go on. It says at once that there are no wallets here.
 */
const SCRIPT = `addEventListener("message", (message) => {
  const { data, source, origin } = message;
  if (source !== parent || typeof data?.event !== "string" || !data.event.startsWith("privy:")) return;
  const answer =
    data.event === "privy:iframe:ready"
      ? { data: {} }
      : { error: { type: "not_supported", message: "This server has no embedded wallets." } };
  parent.postMessage({ event: data.event, id: data.id, ...answer }, origin);
});`;

const PAGE = `<!doctype html><html lang="en"><title>No embedded wallets</title><script>${SCRIPT}</script></html>`;

/** GET /apps/:id/embedded-wallets, framable by the app's own pages only. */
export function embeddedWalletsRoutes({ directory }: Services): Hono<RequestEnv> {
  const routes = new Hono<RequestEnv>();
  routes.get("/apps/:id/embedded-wallets", async (context) => {
    const app = await findApp(directory, context.req.param("id"));
    const digest = btoa(String.fromCharCode(...(await crypto.sha256(utf8(SCRIPT)))));
    const { allowedOrigins } = app.settings;
    // Content policies have no form for IPv6 addresses (CSP 3, section 2.3.1).
    const framing = allowedOrigins.filter((origin) => !origin.includes("["));
    const ancestors = framing.join(" ") || "'none'";
    context.header(
      "content-security-policy",
      `default-src 'none'; script-src 'sha256-${digest}'; base-uri 'none'; frame-ancestors ${ancestors}`,
    );
    context.header("cross-origin-resource-policy", "cross-origin");
    return context.html(PAGE);
  });
  return routes;
}
