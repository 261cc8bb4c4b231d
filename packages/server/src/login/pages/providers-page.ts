import { html } from "hono/html";
import type { Branding } from "./branding.ts";
import { legal, type PageContent } from "./layout.ts";
import { type OfferedProvider, providerButtons } from "./provider-buttons.ts";
import { type Intent, wordsFor } from "./words.ts";

export interface ProvidersPage {
  readonly branding: Branding;
  readonly intent: Intent;
  /** The sealed login request. */
  readonly request: string;
  readonly providers: readonly OfferedProvider[];
  readonly notice: string | null;
}

/** The first page of an app whose people all sign in elsewhere. */
export function providersPage(page: ProvidersPage): PageContent {
  const { branding, intent, request, providers, notice } = page;
  const words = wordsFor(intent, branding.name);
  return {
    title: words.title,
    branding,
    body: html`<h1>${words.title}</h1>
${notice && html`<p class="notice" role="status">${notice}</p>`}
${providerButtons(request, providers, false)}
${legal(branding)}`,
  };
}
