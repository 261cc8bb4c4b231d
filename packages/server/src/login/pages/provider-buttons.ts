import { html } from "hono/html";
import { providerLink } from "../provider-paths.ts";
import type { Html } from "./layout.ts";

/** A provider that the page offers. */
export interface OfferedProvider {
  readonly id: string;
  readonly name: string;
}

/** Links that look like buttons; `request` is the sealed login request. */
export function providerButtons(
  request: string,
  providers: readonly OfferedProvider[],
  /** Whether another way follows. */
  isFollowed: boolean,
): Html | null {
  if (providers.length === 0) return null;
  return html`<div class="providers">
${providers.map(
  ({ id, name }) =>
    html`<a class="button second" href="${providerLink(request, id)}">Continue with ${name}</a>`,
)}
</div>
${isFollowed && html`<p class="or"><span>or</span></p>`}`;
}
