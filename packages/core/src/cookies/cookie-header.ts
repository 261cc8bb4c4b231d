/** Reads the Cookie header of a request. */

export interface RequestCookie {
  readonly name: string;
  readonly value: string;
}

/**
 * Every cookie in the order sent, and each of several with one name: something on a sibling domain
 * or another path has set it too, and the order of them proves nothing (RFC 6265 section 4.2.2).
 * Several Cookie lines reach us joined with "; ", as HTTP/2 (RFC 9113 section 8.2.3) demands and
 * the Headers of Node, Deno and edge runtimes do. Values are as sent, nothing is decoded, but for
 * quotes around the whole.
 */
export function parseCookieHeader(header: string | null | undefined): RequestCookie[] {
  if (!header) return [];
  return header.split(";").flatMap((pair) => readPair(pair) ?? []);
}

/** Every distinct non-empty value of the cookie `name`. */
export function cookieValues(header: string | null | undefined, name: string): string[] {
  if (!header?.includes(name)) return [];
  const values = parseCookieHeader(header).filter((cookie) => cookie.name === name);
  return [...new Set(values.map(({ value }) => value))].filter((value) => value !== "");
}

function readPair(pair: string): RequestCookie | null {
  const equals = pair.indexOf("=");
  if (equals === -1) return null;
  const name = trimmed(pair.slice(0, equals));
  return name === "" ? null : { name, value: unquoted(trimmed(pair.slice(equals + 1))) };
}

/**
 * Spaces and tabs only (RFC 6265 section 5.2). Browsers take other white space for a part of the
 * name: who trims it reads a cookie that a sibling domain set as if it were a `__Host-` one.
 */
function trimmed(text: string): string {
  let start = 0;
  let end = text.length;
  while (isBlank(text[start])) start++;
  while (end > start && isBlank(text[end - 1])) end--;
  return text.slice(start, end);
}

const isBlank = (character: string | undefined) => character === " " || character === "\t";

function unquoted(value: string): string {
  const quoted = value.length >= 2 && value.startsWith('"') && value.endsWith('"');
  return quoted ? value.slice(1, -1) : value;
}
