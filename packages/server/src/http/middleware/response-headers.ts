import type { MiddlewareHandler } from "hono";
import type { RequestEnv } from "../context.ts";

/** An answer is data: nothing in it runs, is framed, or is taken for another type. */
const DATA_POLICY = "default-src 'none'; frame-ancestors 'none'";

/**
 * For every answer (ASVS 3.4.1, 3.4.3 to 3.4.6, 3.5.8); a page of ours sets its own policy. All
 * headers here are set before the handler, so that errors carry them too.
 */
export function securityHeaders(secure: boolean): MiddlewareHandler<RequestEnv> {
  return async (context, next) => {
    context.header("cache-control", "no-store");
    context.header("x-content-type-options", "nosniff");
    context.header("content-security-policy", DATA_POLICY);
    context.header("referrer-policy", "no-referrer");
    context.header("cross-origin-resource-policy", "same-origin");
    if (secure) context.header("strict-transport-security", "max-age=31536000; includeSubDomains");
    await next();
  };
}

/** Session rule R8: nothing between server and browser keeps an answer that depends on a session. */
export function sessionHeaders(): MiddlewareHandler<RequestEnv> {
  return async (context, next) => {
    context.header("cache-control", "private, no-store");
    context.header("vary", "Cookie, Origin");
    await next();
  };
}
