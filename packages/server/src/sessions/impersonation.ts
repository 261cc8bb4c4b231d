/**
 * An operator acts in a user's place, to see what they see: for an hour at most, with a reason, and
 * never unseen. The session, its tokens (`act`, RFC 8693 section 4.1) and its trail name the operator.
 */
import { LatchkeyError } from "@latchkey/core/errors";
import { isReturnUrl } from "@latchkey/core/return-urls";
import type { App } from "../apps/app-directory.ts";
import type { Log } from "../services.ts";
import type { Impersonator, User } from "../storage/store.ts";
import { type AuthorizationCodeDeps, issueAuthorizationCode } from "./authorization-codes.ts";

export interface Impersonation {
  readonly app: App;
  /** Normalised. */
  readonly userEmail: string;
  /** One of the app's list. */
  readonly redirectUri: string;
  readonly impersonator: Impersonator & { readonly reason: string };
}

/**
 * A code that the app's server exchanges with its API key; nobody proved to be the user, so that it
 * works without PKCE only there.
 *
 * @throws LatchkeyError 404 `user_not_found`, 403 `user_disabled`, 422 `redirect_uri_not_registered`
 */
export async function impersonate(
  deps: AuthorizationCodeDeps & { readonly log: Log },
  { app, userEmail, redirectUri, impersonator }: Impersonation,
): Promise<{ code: string; user: User }> {
  if (!isReturnUrl(redirectUri, app.settings.redirectUris)) {
    throw new LatchkeyError(
      "redirect_uri_not_registered",
      422,
      "The redirect URI is not on the app's list (redirectUris), exactly as it is written.",
    );
  }
  const account = { type: "email", subject: userEmail };
  const user = await deps.store.users.findByAccount(app.id, account);
  if (!user) throw new LatchkeyError("user_not_found", 404, "No user of this app has this e-mail.");
  if (user.disabledAt !== null) {
    throw new LatchkeyError("user_disabled", 403, "This user was disabled by an operator.");
  }
  const code = await issueAuthorizationCode(deps, {
    app,
    userId: user.id,
    redirectUri,
    codeChallenge: null,
    method: "impersonation",
    authenticatedAt: await deps.store.now(),
    impersonator,
  });
  // Without the addresses and the reason, which no log carries; the trail has them.
  deps.log.warn({ appId: app.id, userId: user.id }, "impersonation allowed");
  return { code, user };
}
