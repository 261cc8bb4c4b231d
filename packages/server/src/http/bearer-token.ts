import type { RequestContext } from "./context.ts";

/** The token of Authorization: Bearer, or null without one (RFC 6750 section 2.1). */
export function bearerToken(context: RequestContext): string | null {
  const header = context.req.header("authorization");
  return /^Bearer +(\S+)$/i.exec(header ?? "")?.[1] ?? null;
}
