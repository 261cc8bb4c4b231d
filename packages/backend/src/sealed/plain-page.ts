/** The page for a sign-in that did not come to its end: says what and leads on; no script. */
import { escapeHtml } from "../escape-html.ts";
import { sessionHeaders } from "./session-headers.ts";

export interface PlainPage {
  readonly status: number;
  /** For whoever is asked for help. */
  readonly code: string;
  readonly title: string;
  readonly text: string;
  /** A path on this site. */
  readonly goOn: string;
  readonly setCookies: readonly string[];
  /** Seconds. */
  readonly retryAfter?: number;
}

export function plainPage(page: PlainPage): Response {
  const { status, code, title, text, goOn, setCookies, retryAfter } = page;
  const headers = sessionHeaders(setCookies);
  headers.set("content-type", "text/html; charset=utf-8");
  headers.set("content-security-policy", "default-src 'none'; frame-ancestors 'none'");
  headers.set("referrer-policy", "no-referrer");
  headers.set("x-content-type-options", "nosniff");
  if (retryAfter !== undefined) headers.set("retry-after", String(retryAfter));
  const html = `<!doctype html>
<html lang="en"><meta charset="utf-8"><meta name="viewport" content="width=device-width">
<title>${escapeHtml(title)}</title>
<h1>${escapeHtml(title)}</h1>
<p>${escapeHtml(text)}</p>
<p><a href="${escapeHtml(goOn)}">${retryAfter === undefined ? "Go on" : "Try again"}</a></p>
<p><small>Code: ${escapeHtml(code)}</small></p>
</html>
`;
  return new Response(html, { status, headers });
}
