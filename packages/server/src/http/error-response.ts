import { LatchkeyError } from "@latchkey/core/errors";
import type { ErrorBody } from "@latchkey/core/protocol/browser";
import type { ContentfulStatusCode } from "hono/utils/http-status";
import type { RequestContext } from "./context.ts";

/** The JSON answer of an error; anything unforeseen becomes a bare 500 that tells nothing. */
export function errorResponse(context: RequestContext, error: unknown): Response {
  const known = error instanceof LatchkeyError ? error : UNFORESEEN;
  const body = (context.var.errorBody ?? browserError)(known);
  if (known.retryAfter !== undefined) context.header("retry-after", String(known.retryAfter));
  if (known.status === 401) context.header("www-authenticate", context.var.challenge ?? "Bearer");
  return context.json(body, known.status as ContentfulStatusCode);
}

const UNFORESEEN = new LatchkeyError(
  "internal_error",
  500,
  "Something failed that this server did not foresee. Its log has the details under the id in X-Request-Id.",
);

function browserError({ message, code, reason }: LatchkeyError): ErrorBody {
  return { error: message, code, ...(reason !== undefined && { cause: reason }) };
}
