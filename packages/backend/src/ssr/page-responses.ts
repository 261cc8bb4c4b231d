/** What is answered in place of a page. None of it runs a script, and none of it is cached (R8). */
import { escapeHtml } from "../escape-html.ts";
import { markPrivate } from "../private-response.ts";

export function redirect(location: string): Response {
  return answer(null, 303, { location });
}

/**
 * A page that loads the address again from its own site, so that Strict cookies come along: a
 * redirect would not do, since browsers go by who began the navigation.
 */
export function bouncePage(location: string): Response {
  const target = escapeHtml(location);
  return page(
    200,
    `<meta http-equiv="refresh" content="0;url=${target}"><title>One moment</title><p>One moment. <a href="${target}">Go on</a></p>`,
  );
}

/** For pages whose visitor nobody could be found out about; the session is kept. */
export function unavailablePage(location: string, retryAfter: number): Response {
  return page(
    503,
    `<title>Try again in a moment</title><h1>We cannot look up your session right now</h1><p>You are not signed out. <a href="${escapeHtml(location)}">Try again</a></p>`,
    { "retry-after": String(retryAfter) },
  );
}

export type RefusalCode = "refresh_required" | "keys_unavailable";

/** For what is no navigation: a script decides what to do. */
export function refusal(status: 401 | 503, code: RefusalCode, retryAfter?: number): Response {
  return answer(JSON.stringify({ error: WORDS[code], code }), status, {
    "content-type": "application/json",
    ...(status === 401 && { "www-authenticate": "Bearer" }),
    ...(retryAfter !== undefined && { "retry-after": String(retryAfter) }),
  });
}

const WORDS: Readonly<Record<RefusalCode, string>> = {
  refresh_required:
    "No valid access token came along. Renew the session in the page (getAccessToken) and repeat; sign in only if that says that nobody is signed in.",
  keys_unavailable:
    "The access token could not be checked. Repeat in a moment; nobody is signed out.",
};

function page(status: number, body: string, headers: Record<string, string> = {}): Response {
  return answer(
    `<!doctype html><html lang="en"><meta charset="utf-8"><meta name="viewport" content="width=device-width"><meta name="robots" content="noindex">${body}</html>`,
    status,
    {
      "content-type": "text/html; charset=utf-8",
      "content-security-policy": "default-src 'none'; frame-ancestors 'none'; base-uri 'none'",
      "x-content-type-options": "nosniff",
      ...headers,
    },
  );
}

function answer(body: string | null, status: number, headers: Record<string, string>): Response {
  const response = new Response(body, { status, headers });
  markPrivate(response.headers);
  return response;
}
