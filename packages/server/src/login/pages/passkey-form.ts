import { html } from "hono/html";
import type { Html } from "./layout.ts";
import type { Intent } from "./words.ts";

export const PASSKEY_SCRIPT_PATH = "/login/passkeys.js";

export interface PasskeyForm {
  /** The sealed login request. */
  readonly request: string;
  readonly intent: Intent;
}

/** Hidden until the page's script finds that the browser has passkeys. */
export function passkeyForm({ request, intent }: PasskeyForm): Html {
  return html`<form method="post" action="/login" class="passkey" data-passkey hidden>
<input type="hidden" name="request" value="${request}">
<input type="hidden" name="intent" value="${intent}">
<input type="hidden" name="passkey" value="">
<button type="submit" class="second">Sign in with a passkey</button>
<p class="error" role="alert" data-said hidden></p>
</form>`;
}
