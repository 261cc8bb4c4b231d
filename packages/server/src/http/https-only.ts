import { LatchkeyError } from "@latchkey/core/errors";
import type { FetchHandler } from "../app.ts";

/** A CA asks in the clear (RFC 8555 section 8.3), and so do health checks of this machine. */
const IN_THE_CLEAR = /^\/(?:healthz|readyz|\.well-known\/acme-challenge\/[^/]+)$/;

/**
 * What the plain port answers where TLS is served beside it: navigations are sent to https, and
 * everything else is refused, so that no token of a client with a wrong address works for long.
 *
 * @param publicUrl whose port is that of https on every host
 */
export function httpsOnly(handler: FetchHandler, publicUrl: () => string): FetchHandler {
  return (request, bindings) => {
    const url = new URL(request.url);
    if (IN_THE_CLEAR.test(url.pathname)) return handler(request, bindings);
    if (request.method !== "GET" && request.method !== "HEAD") return refusal();
    url.protocol = "https:";
    url.port = new URL(publicUrl()).port;
    return new Response(null, {
      status: 308,
      headers: { location: url.href, "cache-control": "no-store" },
    });
  };
}

function refusal(): Response {
  const error = new LatchkeyError(
    "https_required",
    403,
    "This port is not encrypted and takes no requests. Use the https address; a token that was sent here should be revoked.",
  );
  return Response.json(
    { error: error.message, code: error.code },
    { status: error.status, headers: { "cache-control": "no-store" } },
  );
}
