import type { MiddlewareHandler } from "hono";
import type { RequestContext, RequestEnv } from "../context.ts";
import type { HeaderList } from "../plain-response.ts";

/** An answer is data: nothing in it runs, is framed, or is taken for another type. */
const DATA_POLICY = "default-src 'none'; frame-ancestors 'none'";

const SECURITY: HeaderList = [
  ...["x-content-type-options", "nosniff"],
  ...["content-security-policy", DATA_POLICY],
  ...["referrer-policy", "no-referrer"],
  ...["cross-origin-resource-policy", "same-origin"],
];
const STRICT_TRANSPORT: HeaderList = [
  ...["strict-transport-security", "max-age=31536000; includeSubDomains"],
];

/**
 * What every answer carries, errors too, unless its handler says otherwise (ASVS 3.4.1, 3.4.3 to
 * 3.4.6, 3.5.8); a page of ours sets its own policy.
 */
export function securityHeaders(secure: boolean): HeaderList {
  return [...["cache-control", "no-store"], ...SECURITY, ...(secure ? STRICT_TRANSPORT : [])];
}

/** Session rule R8: nothing between server and browser keeps an answer that depends on a session. */
export function sessionHeaders(secure: boolean): MiddlewareHandler<RequestEnv> {
  const headers: HeaderList = [
    ...["cache-control", "private, no-store"],
    ...["vary", "Cookie, Origin"],
    ...SECURITY,
    ...(secure ? STRICT_TRANSPORT : []),
  ];
  return (context, next) => {
    context.set("headers", headers);
    return next();
  };
}

/** Takes back what would have been added to the answer. */
export function withoutHeaders(context: RequestContext, names: readonly string[]): void {
  const headers = context.get("headers");
  const kept = headers.filter(
    (_, index) => !names.includes(headers[index - (index % 2)] as string),
  );
  context.set("headers", kept);
}
