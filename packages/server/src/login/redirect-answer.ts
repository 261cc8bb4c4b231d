/** Answers to an app by way of the browser (RFC 6749 sections 4.1.2 and 4.1.2.1). */
import type { RequestContext } from "../http/context.ts";
import { privateAnswer } from "./page-response.ts";

export interface RedirectTarget {
  /** Registered with the app: checked before anything is ever sent there. */
  readonly redirectUri: string;
  /** As it stood in the query, percent-encoding included; null when there was none. */
  readonly state: string | null;
}

/** The address to send the browser to, with `state` byte for byte as it came. */
export function answerUrl(
  { redirectUri, state }: RedirectTarget,
  answer: Readonly<Record<string, string>>,
): string {
  const { href } = new URL(redirectUri);
  const query = new URLSearchParams(answer).toString();
  const joint = href.includes("?") ? (/[?&]$/.test(href) ? "" : "&") : "?";
  return `${href}${joint}${query}${state === null ? "" : `&state=${state}`}`;
}

/** `url` is of a registered place or a path of this server. */
export function redirectTo(context: RequestContext, url: string, status: 302 | 303): Response {
  privateAnswer(context);
  return context.redirect(url, status);
}
