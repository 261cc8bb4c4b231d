import { html } from "hono/html";
import type { Branding } from "./branding.ts";
import { field } from "./field.ts";
import { legal, type PageContent } from "./layout.ts";
import { loginLink } from "./login-link.ts";
import { type Intent, wordsFor } from "./words.ts";

export interface CodePage {
  readonly branding: Branding;
  readonly intent: Intent;
  /** The sealed login request, which names the address too. */
  readonly request: string;
  readonly email: string;
  /** Whether a further code was mailed just now. */
  readonly sentAgain: boolean;
  /** Whether a password would do as well. */
  readonly offersPassword: boolean;
  readonly error: string | null;
}

/** The second page: the code from the mail. */
export function codePage({
  branding,
  intent,
  request,
  email,
  sentAgain,
  offersPassword,
  error,
}: CodePage): PageContent {
  const title = "Check your mail";
  return {
    title: `${error === null ? "" : "Error: "}${title} · ${branding.name}`,
    branding,
    body: html`<h1>${title}</h1>
<p class="lead">We sent a code of six digits to <strong>${email}</strong>. It is good for ten minutes.</p>
${sentAgain && html`<p class="notice" role="status">A new code is on its way.</p>`}
<form method="post" action="/login" novalidate>
<input type="hidden" name="request" value="${request}">
${field({
  name: "code",
  label: "Code",
  type: "text",
  autocomplete: "one-time-code",
  inputmode: "numeric",
  maxlength: 32,
  error,
})}
<button type="submit">${wordsFor(intent, branding.name).finish}</button>
</form>
<div class="ways">
<form method="post" action="/login">
<input type="hidden" name="request" value="${request}">
<button class="plain" type="submit" name="action" value="resend">Send a new code</button>
</form>
<a href="${loginLink(request, { step: "email" })}">Use another address</a>
${offersPassword && html`<a href="${loginLink(request, { with: "password" })}">Use a password instead</a>`}
</div>
${legal(branding)}`,
  };
}
