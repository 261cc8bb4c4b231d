import { html } from "hono/html";
import { ORGANIZATION_PAGE } from "../organization-choice.ts";
import type { Branding } from "./branding.ts";
import type { PageContent } from "./layout.ts";

export interface OrganizationPage {
  readonly branding: Branding;
  /** The sealed choice. */
  readonly choose: string;
  readonly organizations: readonly { readonly id: string; readonly name: string }[];
}

/** Asks who belongs to several organizations where to go. */
export function organizationPage({
  branding,
  choose,
  organizations,
}: OrganizationPage): PageContent {
  const title = "Choose an organization";
  return {
    title: `${title} · ${branding.name}`,
    branding,
    body: html`<h1>${title}</h1>
<p class="lead">You belong to several in ${branding.name}.</p>
<form method="post" action="${ORGANIZATION_PAGE}">
<input type="hidden" name="choose" value="${choose}">
${organizations.map(({ id, name }) => html`<button class="second" type="submit" name="organization" value="${id}">${name}</button>`)}
</form>`,
  };
}
