import { html } from "hono/html";
import type { Branding } from "./branding.ts";
import type { PageContent } from "./layout.ts";

export interface LeavingPage {
  readonly branding: Branding;
  /** Of the provider. */
  readonly name: string;
  readonly href: string;
}

/** Goes on by itself, and without that by a link. */
export function leavingPage({ branding, name, href }: LeavingPage): PageContent {
  return {
    title: `On to ${name}`,
    branding,
    refreshTo: href,
    body: html`<h1>You sign in at ${name}</h1>
<p class="lead">Addresses like yours are checked there. You come back here by yourself.</p>
<a class="button" href="${href}">Continue with ${name}</a>`,
  };
}
