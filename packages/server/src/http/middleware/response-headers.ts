import type { MiddlewareHandler } from "hono";
import type { RequestEnv } from "../context.ts";

/**
 * Session rule R8: nothing between server and browser keeps an answer that depends on a session.
 * Set before the handler, so that errors carry it too.
 */
export function sessionHeaders(secure: boolean): MiddlewareHandler<RequestEnv> {
  return async (context, next) => {
    context.header("cache-control", "private, no-store");
    context.header("vary", "Cookie, Origin");
    context.header("x-content-type-options", "nosniff");
    if (secure) context.header("strict-transport-security", "max-age=31536000; includeSubDomains");
    await next();
  };
}
