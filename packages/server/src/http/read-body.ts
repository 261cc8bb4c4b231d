import { LatchkeyError } from "@latchkey/core/errors";
import type { ZodType } from "zod";
import type { RequestContext } from "./context.ts";

export const MAX_BODY_BYTES = 64 * 1024;
export const MAX_IMPORT_BYTES = 1024 * 1024;

/** The JSON body as the schema reads it. Throws `invalid_data`, 413 or 415 with what to change. */
export async function readJson<T>(
  context: RequestContext,
  schema: ZodType<T>,
  maxBytes = MAX_BODY_BYTES,
): Promise<T> {
  return parseJson(await readText(context, maxBytes), schema);
}

export function parseJson<T>(text: string, schema: ZodType<T>): T {
  let value: unknown;
  try {
    value = text === "" ? {} : JSON.parse(text);
  } catch {
    throw invalidData("The body is not valid JSON.");
  }
  const parsed = schema.safeParse(value);
  if (parsed.success) return parsed.data;
  const [issue] = parsed.error.issues;
  const path = issue?.path.join(".") || "body";
  throw invalidData(`${path}: ${issue?.message ?? "is not valid"}.`);
}

/** The body as text, which must be declared as JSON: no form of another site can post that. */
export async function readText(
  context: RequestContext,
  maxBytes = MAX_BODY_BYTES,
): Promise<string> {
  const request = context.req.raw;
  const declared = Number(context.req.header("content-length") ?? 0);
  if (declared > maxBytes) throw tooLarge(maxBytes);
  const type = context.req.header("content-type");
  const json = type !== undefined && /^application\/([a-z.-]+\+)?json\b/i.test(type);
  const text = declared > 0 ? await request.text() : await readStream(request, maxBytes);
  if (text === "" || json) return text;
  throw new LatchkeyError(
    "unsupported_media_type",
    415,
    "Send the body as JSON, with Content-Type: application/json.",
  );
}

async function readStream(request: Request, maxBytes: number): Promise<string> {
  if (!request.body) return "";
  const decoder = new TextDecoder();
  let size = 0;
  let text = "";
  for await (const chunk of request.body) {
    size += chunk.byteLength;
    if (size > maxBytes) throw tooLarge(maxBytes);
    text += decoder.decode(chunk, { stream: true });
  }
  return text + decoder.decode();
}

export function invalidData(message: string): LatchkeyError {
  return new LatchkeyError("invalid_data", 400, message);
}

function tooLarge(maxBytes: number): LatchkeyError {
  return new LatchkeyError(
    "payload_too_large",
    413,
    `The body is larger than the ${maxBytes / 1024} KB that this call takes.`,
  );
}
