import { html } from "hono/html";
import type { Branding } from "./branding.ts";
import { field } from "./field.ts";
import { legal, type PageContent } from "./layout.ts";
import { loginLink } from "./login-link.ts";
import { type Intent, wordsFor } from "./words.ts";

export interface EmailPage {
  readonly branding: Branding;
  readonly intent: Intent;
  /** The sealed login request. */
  readonly request: string;
  readonly email: string;
  /** Whether a password would do as well. */
  readonly offersPassword: boolean;
  readonly error: string | null;
}

/** The first page: who is it? */
export function emailPage(page: EmailPage): PageContent {
  const { branding, intent, request, email, error } = page;
  const words = wordsFor(intent, branding.name);
  const other = loginLink(request, { intent: intent === "sign-in" ? "sign-up" : "sign-in" });
  const byPassword =
    intent === "sign-in"
      ? { href: loginLink(request, { intent, with: "password" }), label: "Use a password instead" }
      : { href: loginLink(request, { intent, with: "new-password" }), label: "Choose a password" };
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
<div class="ways">
${page.offersPassword && html`<a href="${byPassword.href}">${byPassword.label}</a>`}
<a href="${other}">${words.other}</a>
</div>
${legal(branding)}`,
  };
}
