import type { RequestContext } from "../context.ts";
import { invalidData } from "../parse-json.ts";
import { isDeclaredJson, readText, readUtf8 } from "../read-body.ts";

export interface TokenRequestText {
  /** JSON, made from the form where one came. */
  readonly text: string;
  /** A form can be posted by a page of any site, so that no cookie counts beside it. */
  readonly isForm: boolean;
}

/** A token request: JSON as this protocol's clients send it, or a form (RFC 6749 section 4.1.3). */
export async function readTokenRequest(context: RequestContext): Promise<TokenRequestText> {
  const type = context.req.header("content-type") ?? "";
  if (isDeclaredJson(context) || !/^application\/x-www-form-urlencoded\s*(;|$)/i.test(type)) {
    return { text: await readText(context), isForm: false };
  }
  const form = new URLSearchParams(await readUtf8(context));
  const twice = [...form.keys()].find((name) => form.getAll(name).length > 1);
  if (twice !== undefined) throw invalidData(`${twice.slice(0, 64)} may be sent only once.`);
  return { text: JSON.stringify(Object.fromEntries(form)), isForm: true };
}
