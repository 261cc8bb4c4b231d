/** What several calls of the management API share. */
import * as z from "zod";
import { clean } from "../clean-text.ts";

export { emailAddress as address } from "../browser-requests.ts";

/** Milliseconds since the epoch. */
export const time = z.int().nonnegative();

/** Shown in mails and on pages. */
export const displayName = clean(100)
  .transform((text) => text.trim())
  .pipe(z.string().min(1));

/** A page of a list, newest first. `after` is the `next` of the page before. */
export const pageQuery = z.object({
  after: z.string().min(1).max(500).optional().describe("`next` of the page before"),
  limit: z.coerce.number().int().min(1).max(100).default(25),
});

export function listOf<T extends z.ZodType>(item: T) {
  return z.object({
    items: z.array(item),
    next: z
      .string()
      .nullable()
      .describe("Ask for the next page with it as `after`; null at the end"),
  });
}

/** The words of every refusal. */
export const errorAnswer = z.object({
  code: z.string().describe("Stable; the error reference explains each"),
  message: z.string().describe("What was wrong, and what to do"),
  fields: z
    .record(z.string(), z.string())
    .optional()
    .describe("What is wrong with each field of the body, by its path"),
});
