/** From the headers of `authkit()` to a response: what goes on to the app and what to the browser. */
import { markPrivate } from "@latchkey/backend";
import { type NextRequest, NextResponse } from "next/server";
import { cookieHeaderAfter } from "./set-cookie-lines.ts";

/** Headers of a request that say something from the proxy to the app. */
export const AUTHKIT_REQUEST_HEADERS = [
  "x-workos-middleware",
  "x-url",
  "x-redirect-uri",
  "x-sign-up-paths",
  "x-workos-session",
  "x-workos-redirect-uri-proof",
] as const;

export type AuthkitRequestHeader = (typeof AUTHKIT_REQUEST_HEADERS)[number];

const RESPONSE_HEADERS: readonly string[] = [
  "set-cookie",
  "cache-control",
  "cdn-cache-control",
  "surrogate-control",
  "vercel-cdn-cache-control",
  "vary",
  "www-authenticate",
  "proxy-authenticate",
  "link",
  "retry-after",
  "x-middleware-cache",
];
const SEVERAL: readonly string[] = ["set-cookie", "www-authenticate", "proxy-authenticate", "link"];

export function isAuthkitRequestHeader(name: string): boolean {
  const lower = name.toLowerCase();
  const known: readonly string[] = AUTHKIT_REQUEST_HEADERS;
  return known.includes(lower) || lower.startsWith("x-workos-");
}

export interface AuthkitHeadersResult {
  /** For `NextResponse.next({ request: { headers } })`. */
  requestHeaders: Headers;
  /** For `applyResponseHeaders`. */
  responseHeaders: Headers;
}

/**
 * Splits the headers of `authkit()`. The request's are cleaned of what only a proxy may say, and its
 * cookies are those that the response sets: the app sees the session that was refreshed just now,
 * and no header of a client is ever believed to be one.
 */
export function partitionAuthkitHeaders(
  request: NextRequest,
  authkitHeaders: Headers,
): AuthkitHeadersResult {
  const requestHeaders = new Headers(request.headers);
  for (const name of [...requestHeaders.keys()]) {
    if (isAuthkitRequestHeader(name)) requestHeaders.delete(name);
  }
  for (const name of AUTHKIT_REQUEST_HEADERS) {
    const value = authkitHeaders.get(name);
    if (value !== null) requestHeaders.set(name, value);
  }
  const lines = authkitHeaders.getSetCookie();
  if (lines.length > 0) {
    const cookie = cookieHeaderAfter(request.headers.get("cookie"), lines);
    if (cookie === "") requestHeaders.delete("cookie");
    else requestHeaders.set("cookie", cookie);
  }
  const responseHeaders = new Headers();
  for (const [name, value] of authkitHeaders) {
    if (RESPONSE_HEADERS.includes(name)) addHeader(responseHeaders, name, value);
  }
  if (lines.length > 0) keepPrivate(responseHeaders);
  return { requestHeaders, responseHeaders };
}

export function applyResponseHeaders(
  response: NextResponse,
  responseHeaders: Headers,
): NextResponse {
  for (const [name, value] of responseHeaders) addHeader(response.headers, name, value);
  return response;
}

export type AuthkitRedirectStatus = 302 | 303 | 307 | 308;

export interface HandleAuthkitHeadersOptions {
  /** Where to redirect to: absolute, or relative to the request. Default: go on with the request. */
  redirect?: string | URL | undefined;
  /** Default 307 for GET and HEAD, else 303. */
  redirectStatus?: AuthkitRedirectStatus | undefined;
}

/** The response of a proxy: goes on with the request, or redirects. */
export function handleAuthkitProxy(
  request: NextRequest,
  authkitHeaders: Headers,
  options: HandleAuthkitHeadersOptions = {},
): NextResponse {
  const { redirect, redirectStatus } = options;
  const { requestHeaders, responseHeaders } = partitionAuthkitHeaders(request, authkitHeaders);
  if (redirect === undefined || redirect === null || redirect === "") {
    const response = NextResponse.next({ request: { headers: requestHeaders } });
    return applyResponseHeaders(response, responseHeaders);
  }
  const url = URL.parse(redirect, request.url);
  if (!url) {
    throw new TypeError(
      `redirect must be a URL, absolute or relative to the request, not "${redirect}".`,
    );
  }
  // Whether it is answered depends on who asks.
  keepPrivate(responseHeaders);
  const isRead = request.method === "GET" || request.method === "HEAD";
  const status = redirectStatus ?? (isRead ? 307 : 303);
  return applyResponseHeaders(NextResponse.redirect(url, status), responseHeaders);
}

/** @deprecated Use {@link handleAuthkitProxy}. */
export const handleAuthkitHeaders: typeof handleAuthkitProxy = handleAuthkitProxy;

/** Session rule R8, also for Next's own cache of what a proxy answers. */
export function keepPrivate(headers: Headers): void {
  markPrivate(headers);
  headers.set("x-middleware-cache", "no-cache");
}

function addHeader(headers: Headers, name: string, value: string): void {
  if (SEVERAL.includes(name)) headers.append(name, value);
  else if (name === "vary") headers.set(name, merged(headers.get(name), value));
  else headers.set(name, value);
}

function merged(before: string | null, more: string): string {
  const names = [before ?? "", more].flatMap((list) => list.split(",")).map((name) => name.trim());
  const byLower = new Map(names.filter(Boolean).map((name) => [name.toLowerCase(), name]));
  return [...byLower.values()].join(", ");
}
