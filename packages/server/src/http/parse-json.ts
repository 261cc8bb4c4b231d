import { LatchkeyError } from "@latchkey/core/errors";
import type { ZodType } from "zod";
import { describeIssues } from "./describe-issues.ts";

/** Deeper than any body of this API; bounds what reads the value after us. */
const MAX_DEPTH = 32;

/** The value of `text` as the schema reads it; no text at all is an empty object. */
export function parseJson<T>(text: string, schema: ZodType<T>): T {
  let value: unknown;
  try {
    value = text === "" ? {} : JSON.parse(text);
  } catch {
    throw invalidData("The body is not valid JSON. Serialize it with JSON.stringify.");
  }
  checkPlain(value);
  const parsed = schema.safeParse(value);
  if (parsed.success) return parsed.data;
  throw invalidData(describeIssues(parsed.error.issues));
}

export function invalidData(message: string): LatchkeyError {
  return new LatchkeyError("invalid_data", 400, message);
}

/**
 * Refuses half characters (RFC 7493 section 2.1): a database would store them all as the same
 * replacement, and two different names would become one.
 */
function checkPlain(root: unknown): void {
  let level: unknown[] = [root];
  for (let depth = 0; level.length > 0; depth++) {
    if (depth > MAX_DEPTH) {
      throw invalidData(`The body is nested more than ${MAX_DEPTH} levels deep.`);
    }
    const next: unknown[] = [];
    for (const value of level) {
      if (typeof value === "string") requireWellFormed(value);
      else if (Array.isArray(value)) for (const each of value) next.push(each);
      else if (typeof value === "object" && value !== null) {
        for (const [name, each] of Object.entries(value)) {
          requireWellFormed(name);
          next.push(each);
        }
      }
    }
    level = next;
  }
}

function requireWellFormed(text: string): void {
  if (text.isWellFormed()) return;
  throw invalidData("The body contains half of a UTF-16 surrogate pair, which is no character.");
}
