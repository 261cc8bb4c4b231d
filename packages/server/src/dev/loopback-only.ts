import { isLoopbackInBrowsers } from "@latchkey/core/loopback";
import type { FetchHandler } from "../app.ts";

/**
 * Answers only loopback Host names: a name of another site that was pointed at this machine (DNS
 * rebinding) gets 421 (RFC 9110 section 15.5.20).
 */
export function loopbackOnly(handler: FetchHandler): FetchHandler {
  return (request, bindings) => {
    if (isLoopbackInBrowsers(new URL(request.url).hostname)) return handler(request, bindings);
    return Response.json(
      {
        error: "The development server answers to localhost, 127.0.0.1 and [::1] only.",
        code: "misdirected_request",
      },
      { status: 421 },
    );
  };
}
