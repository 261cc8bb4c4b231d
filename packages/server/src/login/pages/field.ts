import { html } from "hono/html";
import type { Html } from "./layout.ts";

export interface Field {
  readonly name: "email" | "code" | "password" | "user_code";
  readonly label: string;
  readonly type: "email" | "text" | "password";
  readonly autocomplete:
    | "email"
    | "username"
    | "username webauthn"
    | "one-time-code"
    | "current-password"
    | "new-password"
    | "off";
  readonly value?: string;
  readonly hint?: string;
  /** Said beside the field and read out; the field is focused either way. */
  readonly error: string | null;
  readonly inputmode?: "email" | "numeric";
  readonly maxlength: number;
  /** False on a page whose first field is another one. */
  readonly focused?: boolean;
}

/** A labelled input with its hint and its error (WCAG 2.2 1.3.5, 3.3.1, 3.3.2). */
export function field(options: Field): Html {
  const {
    name,
    label,
    type,
    autocomplete,
    value = "",
    hint,
    error,
    inputmode,
    maxlength,
  } = options;
  const describedBy = [hint && `${name}-hint`, error && `${name}-error`].filter(Boolean).join(" ");
  return html`<div class="field">
<label for="${name}">${label}</label>
${hint && html`<p class="hint" id="${name}-hint">${hint}</p>`}
<input id="${name}" name="${name}" type="${type}" autocomplete="${autocomplete}" value="${value}" maxlength="${maxlength}" required${inputmode && html` inputmode="${inputmode}"`} autocapitalize="none" autocorrect="off" spellcheck="false"${(options.focused ?? true) && html` autofocus`}${describedBy && html` aria-describedby="${describedBy}"`}${error && html` aria-invalid="true"`}>
${error && html`<p class="error" id="${name}-error" role="alert">${error}</p>`}
</div>`;
}
