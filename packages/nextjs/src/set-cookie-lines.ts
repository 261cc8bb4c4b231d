/** Set-Cookie lines of the session manager, put where Next has its cookies. */
import type { CookieStore, CookieToSet } from "./ports.ts";

export function parseSetCookie(line: string): CookieToSet {
  const [pair = "", ...attributes] = line.split(/; */);
  const [name, value] = halves(pair);
  const options: CookieToSet["options"] = {};
  for (const attribute of attributes) {
    const [key, text] = halves(attribute);
    switch (key.toLowerCase()) {
      case "path":
        options.path = text;
        break;
      case "domain":
        options.domain = text;
        break;
      case "max-age":
        options.maxAge = Number(text);
        break;
      case "expires":
        options.expires = new Date(text);
        break;
      case "httponly":
        options.httpOnly = true;
        break;
      case "secure":
        options.secure = true;
        break;
      case "samesite":
        options.sameSite = text.toLowerCase() as "lax" | "strict" | "none";
        break;
    }
  }
  return { name, value, options };
}

/**
 * One for each name, as Next's store keeps: what sets a cookie before what removes its twins, and
 * of removals the first, which is the one of the place where this app writes.
 */
export function cookiesToSet(lines: readonly string[]): CookieToSet[] {
  const chosen = new Map<string, CookieToSet>();
  for (const cookie of lines.map(parseSetCookie)) {
    if (!isRemoval(cookie) || !chosen.has(cookie.name)) chosen.set(cookie.name, cookie);
  }
  return [...chosen.values()];
}

/** Throws what the store throws where cookies cannot be set. */
export function setCookies(store: CookieStore, lines: readonly string[]): void {
  for (const { name, value, options } of cookiesToSet(lines)) store.set(name, value, options);
}

/** The Cookie header of a browser that has got the lines. */
export function cookieHeaderAfter(header: string | null, lines: readonly string[]): string {
  const changed = cookiesToSet(lines);
  const names = new Set(changed.map(({ name }) => name));
  const kept = pairsOf(header).filter((pair) => !names.has(halves(pair)[0]));
  const set = changed.filter((cookie) => !isRemoval(cookie));
  return [...kept, ...set.map(({ name, value }) => `${name}=${value}`)].join("; ");
}

/**
 * The Cookie header as it is at this point of the request: where the store holds something else
 * than the browser sent, the store counts. Where not, every twin stays: a store keeps one of each
 * name.
 */
export function cookieHeaderNow(header: string | null, store: CookieStore): string {
  const sent = pairsOf(header).map((pair) => ({
    pair,
    name: halves(pair)[0],
    value: halves(pair)[1],
  }));
  return store
    .getAll()
    .flatMap(({ name, value }) => {
      const same = sent.filter((cookie) => cookie.name === name);
      if (same.some((cookie) => cookie.value === value || decoded(cookie.value) === value)) {
        return same.map(({ pair }) => pair);
      }
      return value === "" ? [] : [`${name}=${value}`];
    })
    .join("; ");
}

const isRemoval = ({ value, options }: CookieToSet) => value === "" || options.maxAge === 0;

function pairsOf(header: string | null): string[] {
  return (header ?? "").split(/; */).filter(Boolean);
}

function halves(text: string): [string, string] {
  const equals = text.indexOf("=");
  return equals === -1 ? [text, ""] : [text.slice(0, equals), text.slice(equals + 1)];
}

function decoded(value: string): string | null {
  try {
    return decodeURIComponent(value);
  } catch {
    return null;
  }
}
