import { LatchkeyError } from "@latchkey/core/errors";
import type { WireList } from "@latchkey/core/protocol/app-server";
import type { ZodType } from "zod";
import type { Page, PageRequest } from "../../storage/store.ts";
import type { RequestContext } from "../context.ts";
import { describeIssues } from "../describe-issues.ts";
import { invalidData } from "../parse-json.ts";

/** The query as the schema reads it. Throws `invalid_data` that names what is wrong. */
export function readQuery<T>(context: RequestContext, schema: ZodType<T>): T {
  const given = Object.entries(context.req.query()).filter(([, value]) => value !== "");
  const parsed = schema.safeParse(Object.fromEntries(given));
  if (parsed.success) return parsed.data;
  throw invalidData(describeIssues(parsed.error.issues).replace("The body", "The query"));
}

interface PageQuery {
  readonly before?: string | undefined;
  readonly after?: string | undefined;
  readonly limit: number;
  readonly order: "asc" | "desc";
}

export function pageOf({ before, after, limit, order }: PageQuery): PageRequest {
  if (before !== undefined && after !== undefined) {
    throw invalidData("Send before or after, not both.");
  }
  return { before: before ?? null, after: after ?? null, limit, order };
}

export function toList<T, W extends { id: string }>(
  { items, hasBefore, hasAfter }: Page<T>,
  toWire: (item: T) => W,
): WireList<W> {
  const data = items.map(toWire);
  return {
    object: "list",
    data,
    list_metadata: {
      before: (hasBefore && data[0]?.id) || null,
      after: (hasAfter && data.at(-1)?.id) || null,
    },
  };
}

/** Of another app, gone or never there: it is all the same (ASVS 8.2.2). */
export function unknownEntity(what: string): LatchkeyError {
  return new LatchkeyError("entity_not_found", 404, `This app has no ${what} with that id.`);
}
