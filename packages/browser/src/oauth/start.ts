import type { LatchkeyClient } from "../client.ts";
import type { SignInMode } from "../sign-in.ts";
import { withoutAnswer } from "./answer.ts";
import { beginFlow, keepFlow, type OAuthIntent } from "./flow.ts";
import { browserPage, type OAuthPage, requireWebAddress } from "./page.ts";

export interface StartOAuthOptions {
  /** As the app's configuration names it: `google`, `github`, `custom:<name>`. See `oauthProviders`. */
  readonly provider: string;
  /** `link` adds the account to the signed-in user. Default `sign_in`. */
  readonly intent?: OAuthIntent | undefined;
  /** Whether somebody unknown becomes a new user. Default `login-or-sign-up`. */
  readonly mode?: SignInMode | undefined;
  /** Where the browser comes back to; there, call `completeOAuth`. Default: this page. */
  readonly redirectTo?: string | undefined;
  readonly page?: OAuthPage | undefined;
}

/**
 * Sends this tab to the provider. What it holds stays in this tab's session storage until it comes
 * back: no other tab can use or lose it.
 *
 * @throws LatchkeyClientError `disallowed_login_method`, `return_not_allowed`, `provider_unavailable`,
 * `not_signed_in` (to link), `storage_blocked`, `insecure_page`, `unavailable`
 */
export async function startOAuth(
  client: Pick<LatchkeyClient, "internals">,
  options: StartOAuthOptions,
): Promise<void> {
  const { provider, intent = "sign_in", mode, page = browserPage() } = options;
  const redirectTo = options.redirectTo ?? withoutAnswer(page.address());
  const { internals } = client;
  const { flow, url } = await beginFlow(internals, { provider, intent, mode, redirectTo });
  const address = requireWebAddress(url);
  keepFlow(page.storage, internals.context.storageKey, flow);
  page.go(address);
}
