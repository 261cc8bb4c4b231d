/** Reads what identifies the caller from a web-standard Request or Node's IncomingMessage. */
import { cookieValues as valuesInHeader } from "@latchkey/core/cookies/cookie-header";

type NodeHeaders = Readonly<Record<string, string | readonly string[] | undefined>>;

/** A web-standard `Request`, or `req` of node:http, Express and the like. */
export interface RequestLike {
  readonly headers: { get(name: string): string | null } | NodeHeaders;
}

/** `name` in lower case. */
export function readHeader({ headers }: RequestLike, name: string): string | null {
  if (typeof headers.get === "function") return headers.get(name);
  const value = (headers as NodeHeaders)[name];
  if (typeof value === "string") return value;
  return value?.join(name === "cookie" ? "; " : ", ") ?? null;
}

const BEARER = /^bearer(?: +(.*))?$/i;

/**
 * The token of `Authorization: Bearer` (RFC 6750 section 2.1), "" when the scheme stands alone,
 * null for no header and for other schemes: Basic in front of a preview says nothing of sessions.
 */
export function bearerToken(request: RequestLike): string | null {
  const match = BEARER.exec(readHeader(request, "authorization")?.trim() ?? "");
  return match ? (match[1] ?? "") : null;
}

/**
 * Every distinct non-empty value of the cookie `name`. More than one means that something on a
 * sibling domain or another path has set it too, and the order of them proves nothing (RFC 6265
 * section 4.2.2).
 */
export function cookieValues(request: RequestLike, name: string): string[] {
  return valuesInHeader(readHeader(request, "cookie"), name);
}
