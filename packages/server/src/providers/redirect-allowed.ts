/** Where a sign-in at a provider may send the browser back to, in the browser protocol. */
import { LatchkeyError } from "@latchkey/core/errors";
import { isLoopbackHost } from "@latchkey/core/loopback";
import { oauthRedirectPage } from "@latchkey/core/oauth-redirect-urls";
import type { App, AppClient } from "../apps/app-directory.ts";
import { judgeOrigin } from "../cookies/calling-origin.ts";
import type { ActiveDomain } from "../domains/active-domain.ts";

/** Whose page it has to be. */
export interface RedirectRules {
  readonly app: App;
  readonly client: AppClient | null;
  readonly domain: ActiveDomain | null;
}

/**
 * Null when the browser may be sent to `text`: a page of an origin that may call for the app, and,
 * where the app lists OAuth redirect URLs, one of these; its own query and fragment may differ. Else
 * what is wrong with it.
 */
export function redirectProblem(
  { app, client, domain }: RedirectRules,
  text: string,
): string | null {
  const url = text.length > 2000 ? null : URL.parse(text);
  // What a browser would read differently from what stands there is never let through.
  if (!url || /[\s\\\p{Cc}]/u.test(text) || !/^https?:\/\/[^/]/i.test(text)) {
    return "must be a whole web address";
  }
  if (url.username !== "" || url.password !== "") return "has a user name or password in it";
  if (url.protocol !== "https:" && !isLoopbackHost(url.hostname)) return "must begin with https://";
  if (judgeOrigin(app, client, domain, url.origin) !== "allowed") {
    return "must be of an origin that the app allows";
  }
  const { oauthRedirectUrls } = app.settings;
  if (oauthRedirectUrls.length === 0 || oauthRedirectUrls.includes(oauthRedirectPage(url)))
    return null;
  const isDeveloper = app.kind === "development" && isLoopbackHost(url.hostname);
  return isDeveloper ? null : "must be one of the app's OAuth redirect URLs";
}

/** Throws `return_not_allowed`. */
export function requireRedirect(rules: RedirectRules, text: string): void {
  const problem = redirectProblem(rules, text);
  if (problem === null) return;
  throw new LatchkeyError(
    "return_not_allowed",
    400,
    `redirect_to ${problem}: ${text.slice(0, 200)}. Correct it, or the allowed origins and OAuth redirect URLs in the app's settings.`,
  );
}
