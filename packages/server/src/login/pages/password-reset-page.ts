import { html } from "hono/html";
import { PASSWORD_RESET_PAGE } from "../../users/password-resets.ts";
import type { Branding } from "./branding.ts";
import { field } from "./field.ts";
import type { PageContent } from "./layout.ts";

export interface PasswordResetPage {
  readonly branding: Branding;
  /** The reset's secret. */
  readonly token: string;
  /** Whose password it is; for password managers too. */
  readonly email: string;
  readonly error: string | null;
}

export function passwordResetPage({
  branding,
  token,
  email,
  error,
}: PasswordResetPage): PageContent {
  const title = "Choose a new password";
  return {
    title: `${error === null ? "" : "Error: "}${title} · ${branding.name}`,
    branding,
    body: html`<h1>${title}</h1>
<p class="lead">For <strong>${email}</strong>.</p>
<form method="post" action="${PASSWORD_RESET_PAGE}" novalidate>
<input type="hidden" name="token" value="${token}">
<input type="hidden" name="email" value="${email}" autocomplete="username">
${field({
  name: "password",
  label: "New password",
  type: "password",
  autocomplete: "new-password",
  maxlength: 1024,
  hint: "At least 10 characters. A few words in a row are good.",
  error,
})}
<button type="submit">Set password</button>
</form>`,
  };
}
