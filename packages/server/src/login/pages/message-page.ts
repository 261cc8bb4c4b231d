import { html } from "hono/html";
import type { Branding } from "./branding.ts";
import type { PageContent } from "./layout.ts";

export interface Way {
  readonly label: string;
  /** http, https, or a path of this server. */
  readonly href: string;
}

export interface MessagePage {
  readonly branding: Branding | null;
  readonly title: string;
  readonly text: string;
  readonly ways: readonly Way[];
  /** For whoever is asked for help: the stable code and the request's id in the server's log. */
  readonly details: { readonly code: string; readonly requestId: string } | null;
}

/** A page that says one thing: an error, or that something is done. The first way is the main one. */
export function messagePage({ branding, title, text, ways, details }: MessagePage): PageContent {
  return {
    title: branding === null ? title : `${title} · ${branding.name}`,
    branding,
    body: html`<h1>${title}</h1>
<p class="lead">${text}</p>
${ways.length > 0 && html`<div class="ways">${ways.map(({ label, href }, index) => html`<a${index === 0 && html` class="button"`} href="${href}">${label}</a>`)}</div>`}
${
  details &&
  html`<div class="foot"><dl>
<dt>Code</dt><dd>${details.code}</dd>
<dt>Request</dt><dd>${details.requestId}</dd>
</dl></div>`
}`,
  };
}
