/**
 * Sends a page with the headers that keep it what it is: no script but its own one, no frame, no
 * other stylesheet, forms to nowhere but here and to where the sign-in returns (ASVS 3.4.3, 3.4.5,
 * 3.4.6, 3.4.8).
 */
import { crypto } from "@latchkey/core/crypto";
import { base64url } from "@latchkey/core/encoding";
import type { ContentfulStatusCode } from "hono/utils/http-status";
import type { RequestContext } from "../http/context.ts";
import { layout, type PageContent } from "./pages/layout.ts";

export interface PageOptions {
  readonly status?: number;
  /**
   * Origins that a form's answer may redirect to, beside this server. Browsers hold every step of
   * the redirect to form-action, so the app's other origins belong here as well.
   */
  readonly formTargets?: readonly string[];
}

export async function pageResponse(
  context: RequestContext,
  content: PageContent,
  { status = 200, formTargets = [] }: PageOptions = {},
): Promise<Response> {
  const nonce = base64url(crypto.randomBytes(16));
  const logo = originOf(content.branding?.logoUrl ?? null);
  const policy = [
    "default-src 'none'",
    `style-src 'nonce-${nonce}'`,
    ...(content.script === undefined ? [] : [`script-src 'nonce-${nonce}'`, "connect-src 'self'"]),
    ...(logo === null ? [] : [`img-src ${logo}`]),
    `form-action ${["'self'", ...new Set(formTargets)].join(" ")}`,
    "frame-ancestors 'none'",
    "base-uri 'none'",
  ].join("; ");
  privateAnswer(context);
  context.header("content-security-policy", policy);
  context.header("x-frame-options", "DENY");
  context.header("permissions-policy", "camera=(), geolocation=(), microphone=()");
  return context.html(await layout(content, nonce), status as ContentfulStatusCode);
}

/** For every answer of the hosted sign-in, redirects included (session rule R8). */
export function privateAnswer(context: RequestContext): void {
  context.header("cache-control", "private, no-store");
  context.header("vary", "Cookie, Accept");
  context.header("cross-origin-opener-policy", "same-origin");
  // Not no-referrer: with it a form of ours would be sent with "Origin: null".
  context.header("referrer-policy", "same-origin");
}

function originOf(url: string | null): string | null {
  const parsed = url === null ? null : URL.parse(url);
  return parsed && /^https?:$/.test(parsed.protocol) ? parsed.origin : null;
}
