import { html } from "hono/html";
import { INVITATION_PAGE } from "../../organizations/invitations.ts";
import type { Branding } from "./branding.ts";
import { legal, type PageContent } from "./layout.ts";

export interface InvitationPage {
  readonly branding: Branding;
  /** The invitation's secret. */
  readonly token: string;
  /** Who is invited. */
  readonly email: string;
  /** Null for an invitation to the app alone. */
  readonly organizationName: string | null;
}

/** Says to what one is invited; the button goes on to signing in. */
export function invitationPage(page: InvitationPage): PageContent {
  const { branding, token, email, organizationName } = page;
  const title = `Join ${organizationName ?? branding.name}`;
  return {
    title: `${title} · ${branding.name}`,
    branding,
    body: html`<h1>${title}</h1>
<p class="lead">You are invited${organizationName !== null && html` to ${organizationName} on ${branding.name}`}. Sign in as <strong>${email}</strong> to accept.</p>
<form method="post" action="${INVITATION_PAGE}">
<input type="hidden" name="token" value="${token}">
<button type="submit">Continue</button>
</form>
${legal(branding)}`,
  };
}
