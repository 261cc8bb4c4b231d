import { html, raw } from "hono/html";
import type { Branding } from "./branding.ts";
import { styles } from "./styles.ts";

/** Escaped already; what a template's `${…}` puts in as it is. Strings are escaped. */
export type Html = ReturnType<typeof html>;

export interface PageContent {
  readonly title: string;
  /** Null when no app is known, as on an error page about an unknown client. */
  readonly branding: Branding | null;
  readonly body: Html;
  /** Path of the page's one script, without which it works as well. */
  readonly script?: string;
  /** Where the page goes on to by itself: a path of this server. */
  readonly refreshTo?: string;
}

/** The whole document. `nonce` lets its one stylesheet and script through the content security policy. */
export function layout(
  { title, branding, body, refreshTo, script }: PageContent,
  nonce: string,
): Html {
  return html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="robots" content="noindex">
${refreshTo !== undefined && html`<meta http-equiv="refresh" content="0; url=${refreshTo}">`}
<title>${title}</title>
<style nonce="${nonce}">${raw(styles(branding?.accentColor ?? null))}</style>
</head>
<body>
<main>
${branding && brand(branding)}
${body}
</main>
${script !== undefined && html`<script nonce="${nonce}" src="${script}"></script>`}
</body>
</html>
`;
}

function brand({ name, logoUrl }: Branding): Html {
  const picture =
    logoUrl === null
      ? html`<span class="mark" aria-hidden="true">${initial(name)}</span>`
      : html`<img src="${logoUrl}" alt="" width="40" height="40">`;
  return html`<p class="brand">${picture}<span>${name}</span></p>`;
}

function initial(name: string): string {
  const [first = "?"] = name.trim();
  return first.toUpperCase();
}

/** What continuing agrees to, where the app says so. */
export function legal({ termsUrl, privacyUrl }: Branding): Html | null {
  const terms = termsUrl === null ? null : html`<a href="${termsUrl}">terms</a>`;
  const privacy = privacyUrl === null ? null : html`<a href="${privacyUrl}">privacy policy</a>`;
  if (terms === null && privacy === null) return null;
  const both = terms !== null && privacy !== null;
  const what = both ? html`${terms} and ${privacy}` : (terms ?? privacy);
  return html`<div class="foot"><p>By continuing you agree to the ${what}.</p></div>`;
}
