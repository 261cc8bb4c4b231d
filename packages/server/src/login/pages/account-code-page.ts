import { html } from "hono/html";
import { ACCOUNT_PAGE, accountLink } from "../account/account-paths.ts";
import type { Branding } from "./branding.ts";
import { field } from "./field.ts";
import type { PageContent } from "./layout.ts";

export interface AccountCodePage {
  readonly branding: Branding;
  readonly clientId: string;
  /** The sealed fresh sign-in. */
  readonly fresh: string;
  /** Where the code went. */
  readonly email: string;
  readonly error: string | null;
}

/** Asks for the code that proves a new address. */
export function accountCodePage(page: AccountCodePage): PageContent {
  const { branding, clientId, fresh, email, error } = page;
  const title = "Check your mail";
  return {
    title: `${error === null ? "" : "Error: "}${title} · ${branding.name}`,
    branding,
    body: html`<h1>${title}</h1>
<p class="lead">A code is on its way to <strong>${email}</strong>. With it, this address becomes your account's.</p>
<form method="post" action="${ACCOUNT_PAGE}" novalidate>
<input type="hidden" name="client_id" value="${clientId}">
<input type="hidden" name="as" value="${fresh}">
<input type="hidden" name="action" value="prove-email">
<input type="hidden" name="email" value="${email}">
${field({ name: "code", label: "Code", type: "text", autocomplete: "one-time-code", inputmode: "numeric", maxlength: 12, error })}
<button type="submit">Continue</button>
</form>
<div class="ways"><a href="${accountLink(clientId, { as: fresh })}">Back to your account</a></div>`,
  };
}
