import { html } from "hono/html";
import type { Branding } from "./branding.ts";
import { field } from "./field.ts";
import { legal, type PageContent } from "./layout.ts";
import { type Intent, wordsFor } from "./words.ts";

export interface EmailPage {
  readonly branding: Branding;
  readonly intent: Intent;
  /** The sealed login request. */
  readonly request: string;
  readonly email: string;
  readonly error: string | null;
}

/** The first page: who is it? */
export function emailPage({ branding, intent, request, email, error }: EmailPage): PageContent {
  const words = wordsFor(intent, branding.name);
  return {
    title: error === null ? words.title : `Error: ${words.title}`,
    branding,
    body: html`<h1>${words.title}</h1>
<p class="lead">${words.askEmail}</p>
<form method="post" action="/login" novalidate>
<input type="hidden" name="request" value="${request}">
<input type="hidden" name="intent" value="${intent}">
${field({
  name: "email",
  label: "E-mail address",
  type: "email",
  autocomplete: "email",
  inputmode: "email",
  maxlength: 254,
  value: email,
  error,
})}
<button type="submit">Continue</button>
</form>
<div class="ways"><a href="/login?${query(request, intent === "sign-in" ? "sign-up" : "sign-in")}">${words.other}</a></div>
${legal(branding)}`,
  };
}

const query = (request: string, intent: string): string =>
  new URLSearchParams({ request, intent }).toString();
