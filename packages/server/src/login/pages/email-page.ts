import { html } from "hono/html";
import type { Branding } from "./branding.ts";
import { field } from "./field.ts";
import { type Html, legal, type PageContent } from "./layout.ts";
import { loginLink } from "./login-link.ts";
import { type OfferedProvider, providerButtons } from "./provider-buttons.ts";
import { type Intent, wordsFor } from "./words.ts";

export interface EmailPage {
  readonly branding: Branding;
  readonly intent: Intent;
  /** The sealed login request. */
  readonly request: string;
  readonly email: string;
  readonly offersCode: boolean;
  /** Whether a password would do as well. */
  readonly offersPassword: boolean;
  readonly error: string | null;
  readonly providers: readonly OfferedProvider[];
  readonly notice: string | null;
  /** Null where no passkey is offered. */
  readonly passkey: Html | null;
}

/** Where an address leads only to where its organization signs in. */
const TO_CONNECTION =
  "Type the address that you work with: your organization's own sign-in is next.";

/** The first page: who is it? */
export function emailPage(page: EmailPage): PageContent {
  const { branding, intent, request, email, error, providers, notice } = page;
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
${notice && html`<p class="notice" role="status">${notice}</p>`}
${providerButtons(request, providers, true)}
<p class="lead">${page.offersCode || page.offersPassword ? words.askEmail : TO_CONNECTION}</p>
<form method="post" action="/login" novalidate>
<input type="hidden" name="request" value="${request}">
<input type="hidden" name="intent" value="${intent}">
${field({
  name: "email",
  label: "E-mail address",
  type: "email",
  autocomplete: page.passkey ? "username webauthn" : "email",
  inputmode: "email",
  maxlength: 254,
  value: email,
  error,
})}
<button type="submit">Continue</button>
</form>
${page.passkey}
<div class="ways">
${page.offersPassword && html`<a href="${byPassword.href}">${byPassword.label}</a>`}
<a href="${other}">${words.other}</a>
</div>
${legal(branding)}`,
  };
}
