/**
 * Cross-origin calls with credentials: the answer always names the one origin that asked, never a
 * wildcard (ASVS 3.4.2). A preflight carries no app id, so it grants only that the real call may
 * be sent; the real call is judged by the app's allowed origins before it has any effect. Errors
 * are readable too, so that a page can tell a wrong app id from a server that is away.
 */
import type { MiddlewareHandler } from "hono";
import { isBackendPath } from "../browser/paths.ts";
import type { RequestContext, RequestEnv } from "../context.ts";
import type { HeaderList } from "../plain-response.ts";
import { withoutHeaders } from "./response-headers.ts";

const ORIGIN = /^[a-z][a-z0-9+.-]*:\/\/[^\s/?#,]{1,253}$/i;
const HEADER_NAMES = /^[A-Za-z0-9-]{1,64}(\s*,\s*[A-Za-z0-9-]{1,64}){0,31}$/;
const EXPOSED = "Date, Retry-After, X-Request-Id";

export function crossOrigin(): MiddlewareHandler<RequestEnv> {
  const withOrigin = rememberOrigins();
  return (context, next) => {
    const origin = context.req.header("origin");
    if (origin === undefined || isBackendPath(context.req.path)) return next();
    context.set("headers", withOrigin(context.get("headers"), origin));
    const isPreflight =
      context.req.method === "OPTIONS" &&
      context.req.header("access-control-request-method") !== undefined;
    if (!isPreflight) return next();
    const wanted = context.req.header("access-control-request-headers");
    if (wanted !== undefined && HEADER_NAMES.test(wanted)) {
      context.header("access-control-allow-headers", wanted);
    }
    context.header("access-control-allow-methods", "GET, POST");
    context.header("access-control-max-age", "600");
    context.header("vary", "Origin, Access-Control-Request-Headers");
    return Promise.resolve(context.body(null, 204));
  };
}

/** For public data, which the browser may keep and share between pages. */
export function allowEveryOrigin(context: RequestContext): void {
  withoutHeaders(context, [
    "access-control-allow-origin",
    "access-control-allow-credentials",
    "access-control-expose-headers",
    "vary",
  ]);
  context.header("access-control-allow-origin", "*");
}

const MAX_ORIGINS = 1000;

/** The headers for a page of the origin beside `headers`; the same list again for an app's pages. */
function rememberOrigins(): (headers: HeaderList, origin: string) => HeaderList {
  const known = new Map<string, { headers: HeaderList; added: HeaderList }>();
  return (headers, origin) => {
    const remembered = known.get(origin);
    if (remembered?.headers === headers) return remembered.added;
    if (!ORIGIN.test(origin)) return headers;
    const added = [
      ...headers,
      ...["access-control-allow-origin", origin],
      ...["access-control-allow-credentials", "true"],
      ...["access-control-expose-headers", EXPOSED],
    ];
    if (known.size >= MAX_ORIGINS) known.clear();
    known.set(origin, { headers, added });
    return added;
  };
}
