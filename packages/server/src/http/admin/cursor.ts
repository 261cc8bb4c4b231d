/** Where a list goes on. Opaque to callers, who send back what they got. */
import { base64url, fromBase64url, fromUtf8, utf8 } from "@latchkey/core/encoding";
import { LatchkeyError } from "@latchkey/core/errors";
import type { ZodType } from "zod";

export function sealCursor(place: object): string {
  return base64url(utf8(JSON.stringify(place)));
}

/** It names a place and gives no right, so a made-up one is at worst a wrong page. */
export function openCursor<T>(text: string, place: ZodType<T>): T {
  const parsed = place.safeParse(read(text));
  if (parsed.success) return parsed.data;
  throw new LatchkeyError(
    "invalid_cursor",
    400,
    "after is not what the next of a page was. Begin again without it.",
    { fields: { after: "is not what the next of a page was" } },
  );
}

function read(text: string): unknown {
  try {
    const bytes = fromBase64url(text);
    return bytes ? JSON.parse(fromUtf8(bytes)) : undefined;
  } catch {
    return undefined;
  }
}
