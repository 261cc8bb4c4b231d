import { html } from "hono/html";
import { DEVICE_PAGE } from "../device-page-path.ts";
import type { Branding } from "./branding.ts";
import { field } from "./field.ts";
import type { PageContent } from "./layout.ts";

export interface DeviceCodePage {
  /** What to begin with, as it was typed or came with the link. */
  readonly userCode: string;
  readonly error: string | null;
}

/** Asks for the code of a device; which app it is for is not known yet. */
export function deviceCodePage({ userCode, error }: DeviceCodePage): PageContent {
  const title = "Sign in a device";
  return {
    title: error === null ? title : `Error: ${title}`,
    branding: null,
    body: html`<h1>${title}</h1>
<p class="lead">Type the code that the device shows.</p>
<form method="post" action="${DEVICE_PAGE}" novalidate>
${field({
  name: "user_code",
  label: "Code on the device",
  type: "text",
  autocomplete: "off",
  maxlength: 32,
  value: userCode,
  hint: "Eight letters, such as WDJB-MJHT.",
  error,
})}
<button type="submit">Continue</button>
</form>`,
  };
}

export interface DeviceDecisionPage {
  readonly branding: Branding;
  /** The sealed request for a decision. */
  readonly decide: string;
  readonly email: string;
  readonly userCode: string;
  /** What the device said of itself, and where it asked from. */
  readonly userAgent: string | null;
  readonly ip: string | null;
}

/**
 * Asks whether the device is theirs. Whoever was sent a code by a stranger reads here what it would
 * do (RFC 8628 section 5.4).
 */
export function deviceDecisionPage(page: DeviceDecisionPage): PageContent {
  const { branding, decide, email, userCode, userAgent, ip } = page;
  const title = `Sign in a device to ${branding.name}?`;
  return {
    title: `${title} · ${branding.name}`,
    branding,
    body: html`<h1>${title}</h1>
<p class="lead">A device asks to be signed in as <strong>${email}</strong>. It must show this code:</p>
<p class="shown">${userCode}</p>
<p class="notice">Did somebody send you this code? Then refuse: with it, their device would be signed in as you.</p>
<form method="post" action="${DEVICE_PAGE}">
<input type="hidden" name="decide" value="${decide}">
<button type="submit" name="decision" value="allow">It is my device, sign it in</button>
<button class="second" type="submit" name="decision" value="deny">Refuse</button>
</form>
<div class="ways">
<form method="post" action="${DEVICE_PAGE}">
<input type="hidden" name="decide" value="${decide}">
<button class="plain" type="submit" name="decision" value="other">Use another account</button>
</form>
</div>
<div class="foot"><dl>
<dt>Device</dt><dd>${userAgent ?? "says nothing of itself"}</dd>
<dt>Network</dt><dd>${ip ?? "unknown"}</dd>
</dl></div>`,
  };
}
