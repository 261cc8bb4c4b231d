/** Reads what a call sends by the schemas of its operation. */
import { LatchkeyError } from "@latchkey/core/errors";
import type { Operation } from "@latchkey/core/protocol/admin";
import * as z from "zod";
import type { RequestContext } from "../context.ts";
import { describeFields, describeIssues } from "../describe-issues.ts";
import { parseJson } from "../parse-json.ts";
import { readText } from "../read-body.ts";

/** `fields` names what is wrong with each, so that a form says it beside the field. */
function readBy<T>(schema: z.ZodType<T>, value: unknown): T {
  const parsed = schema.safeParse(value);
  if (parsed.success) return parsed.data;
  throw invalidFields(parsed.error.issues);
}

export function invalidFields(issues: readonly z.core.$ZodIssue[]): LatchkeyError {
  return new LatchkeyError("invalid_data", 400, describeIssues(issues), {
    fields: describeFields(issues),
  });
}

export async function readBody(context: RequestContext, { body }: Operation): Promise<unknown> {
  if (!body) return undefined;
  return readBy(body, parseJson(await readText(context), z.unknown()));
}

export function readQueryOf(context: RequestContext, { query }: Operation): unknown {
  if (!query) return undefined;
  const given = Object.entries(context.req.query()).filter(([, value]) => value !== "");
  return readBy(query, Object.fromEntries(given));
}
