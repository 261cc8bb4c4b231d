import type { RequestContext } from "./context.ts";
import { PlainResponse } from "./plain-response.ts";

const JSON_TYPE = ["content-type", "application/json"];

/** Hono's own way to answer, while the request's is another. */
const OWN = Symbol("own");

type PlainContext = RequestContext & { [OWN]: Pick<RequestContext, "header" | "json"> };

/**
 * Lets this request's `context.json` make a {@link PlainResponse}. An answer with headers of its
 * own, by `context.header` or as an argument, is made as ever.
 *
 * The two functions are the same for all requests: where each request had its own, which held the
 * context that held them, a fifth of all requests outlived the young generation's collections.
 */
export function answerPlainly(context: RequestContext): void {
  const { header, json } = context;
  (context as PlainContext)[OWN] = { header, json };
  context.header = headerOfItsOwn;
  // Hono's type also says what was made into JSON, which nothing here asks for.
  context.json = plainJson as unknown as RequestContext["json"];
}

function headerOfItsOwn(this: unknown, ...given: Parameters<RequestContext["header"]>): void {
  const context = this as PlainContext;
  Object.assign(context, context[OWN]);
  context.header(...given);
}

function plainJson(this: unknown, value: unknown, status: unknown, headers: unknown): Response {
  const context = this as PlainContext;
  const hasStatus = status === undefined || typeof status === "number";
  // In `context.json(await …)` the function is taken before what is awaited sets a header.
  const hasOwnHeaders = context.header !== headerOfItsOwn;
  if (hasStatus && headers === undefined && !hasOwnHeaders) {
    return new PlainResponse(JSON.stringify(value), status ?? 200, JSON_TYPE);
  }
  return context[OWN].json(value as object, status as never, headers as never);
}
