/** The page for a sign-in that did not come to its end: says what and leads on; no script. */
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
<title>${escaped(title)}</title>
<h1>${escaped(title)}</h1>
<p>${escaped(text)}</p>
<p><a href="${escaped(goOn)}">${retryAfter === undefined ? "Go on" : "Try again"}</a></p>
<p><small>Code: ${escaped(code)}</small></p>
</html>
`;
  return new Response(html, { status, headers });
}

const ESCAPES: Readonly<Record<string, string>> = {
  "&": "&amp;",
  "<": "&lt;",
  ">": "&gt;",
  '"': "&quot;",
  "'": "&#39;",
};

const escaped = (text: string) => text.replace(/[&<>"']/g, (character) => ESCAPES[character] ?? "");
