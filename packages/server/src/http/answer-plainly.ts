import type { RequestContext } from "./context.ts";
import { PlainResponse } from "./plain-response.ts";

const JSON_TYPE = ["content-type", "application/json"];

/**
 * Lets this request's `context.json` make a {@link PlainResponse}. An answer with headers of its
 * own, by `context.header` or as an argument, is made as ever.
 */
export function answerPlainly(context: RequestContext): void {
  const { header, json } = context;
  let isPlain = true;
  context.header = (...given) => {
    isPlain = false;
    header(...given);
  };
  const plainJson = (value: unknown, status: unknown, headers: unknown) => {
    const hasStatus = status === undefined || typeof status === "number";
    if (!isPlain || !hasStatus || headers !== undefined) {
      return json(value as object, status as never, headers as never);
    }
    return new PlainResponse(JSON.stringify(value), status ?? 200, JSON_TYPE);
  };
  // Hono's type also says what was made into JSON, which nothing here asks for.
  context.json = plainJson as unknown as typeof json;
}
