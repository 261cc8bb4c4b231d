import type { FetchHandler } from "../app.ts";

const LOOPBACK_HOST =
  /^(localhost|[a-z0-9-]+(\.[a-z0-9-]+)*\.localhost|127\.0\.0\.1|\[::1\])(:[0-9]+)?$/i;

/**
 * Answers only loopback Host names: a name of another site that was pointed at this machine (DNS
 * rebinding) gets 421 (RFC 9110 section 15.5.20).
 */
export function loopbackOnly(handler: FetchHandler): FetchHandler {
  return (request, bindings) => {
    const { host } = new URL(request.url);
    if (LOOPBACK_HOST.test(host)) return handler(request, bindings);
    return Response.json(
      {
        error: "The development server answers to localhost, 127.0.0.1 and [::1] only.",
        code: "misdirected_request",
      },
      { status: 421 },
    );
  };
}
