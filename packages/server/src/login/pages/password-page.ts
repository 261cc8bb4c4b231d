import { html } from "hono/html";
import type { Branding } from "./branding.ts";
import { field } from "./field.ts";
import { type Html, legal, type PageContent } from "./layout.ts";
import { loginLink } from "./login-link.ts";
import { type OfferedProvider, providerButtons } from "./provider-buttons.ts";
import { type Intent, wordsFor } from "./words.ts";

interface PasswordFields {
  readonly branding: Branding;
  /** The sealed login request. */
  readonly request: string;
  readonly email: string;
  readonly emailError: string | null;
  readonly passwordError: string | null;
}

export interface PasswordPage extends PasswordFields {
  /** Whether a mailed code would do as well. */
  readonly offersCode: boolean;
  /** Null where no passkey is offered. */
  readonly passkey: Html | null;
  readonly providers: readonly OfferedProvider[];
  readonly notice: string | null;
}

/** Signing in with address and password. */
export function passwordPage(page: PasswordPage): PageContent {
  const { branding, request, offersCode } = page;
  const words = wordsFor("sign-in", branding.name);
  return content(page, words.title, {
    lead: null,
    before: html`${page.notice && html`<p class="notice" role="status">${page.notice}</p>`}
${providerButtons(request, page.providers, true)}`,
    kind: "password",
    intent: "sign-in",
    autocomplete: "current-password",
    passkey: page.passkey,
    button: words.finish,
    ways: html`${offersCode && html`<a href="${loginLink(request, { intent: "sign-in", step: "email" })}">Mail me a code instead</a>`}
<a href="${loginLink(request, { intent: "sign-in", with: "new-password" })}">Forgot your password?</a>
<a href="${loginLink(request, { intent: "sign-up", step: "email" })}">${words.other}</a>`,
  });
}

export interface NewPasswordPage extends PasswordFields {
  readonly intent: Intent;
}

/** Choosing a password, for a new account or in place of a forgotten one; a mailed code follows. */
export function newPasswordPage(page: NewPasswordPage): PageContent {
  const { branding, request, intent } = page;
  const words = wordsFor(intent, branding.name);
  const title = intent === "sign-up" ? words.title : "Choose a new password";
  return content(page, title, {
    before: null,
    lead: "We mail you a code next, to make sure that the address is yours.",
    kind: "new-password",
    intent,
    autocomplete: "new-password",
    passkey: null,
    button: "Continue",
    ways: html`<a href="${loginLink(request, { intent: "sign-in", with: "password" })}">${intent === "sign-up" ? words.other : "Back to signing in"}</a>`,
  });
}

interface PasswordForm {
  readonly before: Html | null;
  readonly lead: string | null;
  readonly kind: "password" | "new-password";
  readonly intent: Intent;
  readonly autocomplete: "current-password" | "new-password";
  readonly button: string;
  readonly passkey: Html | null;
  readonly ways: Html;
}

function content(page: PasswordFields, title: string, form: PasswordForm): PageContent {
  const { branding, request, email, emailError, passwordError } = page;
  const isNew = form.kind === "new-password";
  const failed = emailError !== null || passwordError !== null;
  // The field to go on with: the one at fault, else the first that is empty.
  const onPassword = emailError === null && email !== "";
  return {
    title: failed ? `Error: ${title}` : title,
    branding,
    body: html`<h1>${title}</h1>
${form.before}
${form.lead && html`<p class="lead">${form.lead}</p>`}
<form method="post" action="/login" novalidate>
<input type="hidden" name="request" value="${request}">
<input type="hidden" name="with" value="${form.kind}">
<input type="hidden" name="intent" value="${form.intent}">
${field({
  name: "email",
  label: "E-mail address",
  type: "email",
  autocomplete: form.passkey ? "username webauthn" : "username",
  inputmode: "email",
  maxlength: 254,
  value: email,
  error: emailError,
  focused: !onPassword,
})}
${field({
  name: "password",
  label: isNew ? "New password" : "Password",
  type: "password",
  autocomplete: form.autocomplete,
  maxlength: 1024,
  error: passwordError,
  focused: onPassword,
  ...(isNew && { hint: "At least 10 characters. A few words in a row are good." }),
})}
<button type="submit">${form.button}</button>
</form>
${form.passkey}
<div class="ways">${form.ways}</div>
${isNew && legal(branding)}`,
  };
}
