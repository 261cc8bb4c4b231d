import { LatchkeyError } from "@latchkey/core/errors";
import type { RequestContext } from "../http/context.ts";

const MAX_BYTES = 64 * 1024;

export type LoginForm = Readonly<Partial<Record<string, string>>>;

/** The fields of a posted form. Throws 413 or 415; a field that came twice counts as missing. */
export async function readLoginForm(context: RequestContext): Promise<LoginForm> {
  const type = context.req.header("content-type") ?? "";
  if (!/^application\/x-www-form-urlencoded\s*(;|$)/i.test(type)) {
    throw new LatchkeyError(
      "unsupported_media_type",
      415,
      "Send the form as application/x-www-form-urlencoded.",
    );
  }
  const fields: Partial<Record<string, string>> = Object.create(null);
  const form = new URLSearchParams(await readBounded(context.req.raw));
  for (const name of new Set(form.keys())) {
    const [value, ...others] = form.getAll(name);
    if (value !== undefined && others.length === 0) fields[name] = value.toWellFormed();
  }
  return fields;
}

async function readBounded(request: Request): Promise<string> {
  const decoder = new TextDecoder();
  let text = "";
  let size = 0;
  // Not cancelled when it is too large: that would cut the connection before the answer is read.
  const reader = request.body?.getReader();
  for (let read = await reader?.read(); read && !read.done; read = await reader?.read()) {
    size += read.value.byteLength;
    if (size > MAX_BYTES) {
      throw new LatchkeyError("payload_too_large", 413, "The form is larger than 64 KB.");
    }
    text += decoder.decode(read.value, { stream: true });
  }
  return text + decoder.decode();
}
