/** What of a request and of its answer goes through the session proxy. */
import { parseCookieHeader } from "@latchkey/core/cookies/cookie-header";

const ASKED = [
  "accept",
  "accept-language",
  "content-type",
  "idempotency-key",
  "origin",
  "user-agent",
];
/** What a runtime's fetch overwrites with its own goes under another name. */
const RENAMED = ["purpose", "sec-fetch-dest", "sec-fetch-mode", "sec-fetch-site", "sec-purpose"];
const ANSWERED = [
  "content-type",
  "content-security-policy",
  "date",
  "location",
  "referrer-policy",
  "retry-after",
  "www-authenticate",
  "x-content-type-options",
  "x-frame-options",
  "x-latchkey-warning",
  "x-request-id",
];
/** The session server's own: what else the app keeps in cookies is none of its business. */
const COOKIES = /^(privy-[a-z-]+|(__Host-)?latchkey-(prelogin|device-[a-z0-9]+))$/;

/** @param names of the app's own session cookies, where it chose them */
export function requestHeaders(
  given: Headers,
  claim: Record<string, string>,
  names: readonly string[],
): Headers {
  const headers = new Headers();
  for (const [name, value] of given) {
    if (ASKED.includes(name) || /^privy-[a-z-]+$/.test(name)) headers.set(name, value);
    if (RENAMED.includes(name)) headers.set(`x-latchkey-proxy-${name}`, value);
  }
  const authorization = given.get("authorization") ?? "";
  // What stands in front of a preview deployment is not for the session server.
  if (/^Bearer /i.test(authorization)) headers.set("authorization", authorization);
  const cookies = parseCookieHeader(given.get("cookie")).filter(
    ({ name }) => COOKIES.test(name) || names.includes(name),
  );
  if (cookies.length > 0) {
    headers.set("cookie", cookies.map(({ name, value }) => `${name}=${value}`).join("; "));
  }
  for (const [name, value] of Object.entries(claim)) headers.set(name, value);
  return headers;
}

export function responseHeaders(given: Headers): Headers {
  const headers = new Headers();
  for (const name of ANSWERED) {
    const value = given.get(name);
    if (value !== null) headers.set(name, value);
  }
  for (const line of given.getSetCookie()) headers.append("set-cookie", line);
  return headers;
}
