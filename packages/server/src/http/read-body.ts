import { LatchkeyError } from "@latchkey/core/errors";
import type { ZodType } from "zod";
import type { RequestContext } from "./context.ts";
import { invalidData, parseJson } from "./parse-json.ts";

const decoder = new TextDecoder("utf-8", { fatal: true });
const MAX_BODY_BYTES = 64 * 1024;
export const MAX_IMPORT_BYTES = 1024 * 1024;

/** The JSON body as the schema reads it. Throws `invalid_data`, 413 or 415 with what to change. */
export async function readJson<T>(
  context: RequestContext,
  schema: ZodType<T>,
  maxBytes = MAX_BODY_BYTES,
): Promise<T> {
  const text = await readUtf8(context, maxBytes);
  requireDeclaredJson(context, text);
  return parseJson(text, schema);
}

/** The body as text, which must be declared as JSON: no form of another site can post that. */
export async function readText(
  context: RequestContext,
  maxBytes = MAX_BODY_BYTES,
): Promise<string> {
  const text = await readUtf8(context, maxBytes);
  requireDeclaredJson(context, text);
  return text;
}

function requireDeclaredJson(context: RequestContext, text: string): void {
  if (text === "" || isDeclaredJson(context)) return;
  throw new LatchkeyError(
    "unsupported_media_type",
    415,
    "Send the body as JSON, with Content-Type: application/json.",
  );
}

export function isDeclaredJson(context: RequestContext): boolean {
  const type = context.req.header("content-type");
  return type !== undefined && /^application\/([a-z.-]+\+)?json\s*(;|$)/i.test(type);
}

/** The body as text, whatever it is declared as. */
export async function readUtf8(
  context: RequestContext,
  maxBytes = MAX_BODY_BYTES,
): Promise<string> {
  const declared = Number(context.req.header("content-length") ?? 0);
  if (declared > maxBytes) throw tooLarge(maxBytes);
  const encoding = context.req.header("content-encoding") ?? "identity";
  if (encoding !== "identity") {
    throw new LatchkeyError(
      "unsupported_media_type",
      415,
      "Send the body as it is, without Content-Encoding.",
    );
  }
  let bytes: Uint8Array;
  try {
    // What is declared is bounded already; reading it at once is the quick way.
    bytes = await (declared > 0
      ? readWhole(context.req.raw)
      : readStream(context.req.raw, maxBytes));
  } catch (error) {
    if (error instanceof LatchkeyError) throw error;
    throw new LatchkeyError(
      "incomplete_request",
      400,
      "The body ended before it was complete. Send it again.",
      { cause: error },
    );
  }
  try {
    return decoder.decode(bytes);
  } catch {
    throw invalidData("The body is not UTF-8. Encode the JSON as UTF-8 (RFC 8259 section 8.1).");
  }
}

/**
 * An everyday request has its bytes at hand. The library's, which carries PUT and PATCH, only inherits
 * `bytes` from the web's own, which refuses it there.
 */
function readWhole(request: Request): Promise<Uint8Array> {
  if (Object.hasOwn(Object.getPrototypeOf(request), "bytes")) return request.bytes();
  return request.arrayBuffer().then((buffer) => new Uint8Array(buffer));
}

async function readStream(request: Request, maxBytes: number): Promise<Uint8Array> {
  const chunks: Uint8Array[] = [];
  let size = 0;
  // Not cancelled when it is too large: that would cut the connection before the answer is read.
  const reader = request.body?.getReader();
  for (let read = await reader?.read(); read && !read.done; read = await reader?.read()) {
    size += read.value.byteLength;
    if (size > maxBytes) throw tooLarge(maxBytes);
    chunks.push(read.value);
  }
  const bytes = new Uint8Array(size);
  let at = 0;
  for (const chunk of chunks) {
    bytes.set(chunk, at);
    at += chunk.byteLength;
  }
  return bytes;
}

function tooLarge(maxBytes: number): LatchkeyError {
  return new LatchkeyError(
    "payload_too_large",
    413,
    `The body is larger than the ${maxBytes / 1024} KB that this call takes.`,
  );
}
