import { LatchkeyError } from "@latchkey/core/errors";
import type { OAuthTokens } from "@latchkey/core/protocol/app-server";
import type { AuthenticateRequest } from "@latchkey/core/protocol/app-server-requests";
import type { Services } from "../../services.ts";
import { exchangeAuthorizationCode, type RefusedCode } from "../../sessions/authorization-codes.ts";
import { appServerPolicy } from "../../sessions/policy.ts";
import type { SignedIn } from "../../sessions/sign-in.ts";
import type { RequestContext } from "../context.ts";
import { invitationOf, joinByInvitation } from "./begin-in.ts";
import { deliveryTo } from "./calling-page.ts";
import { type Client, endUser, invalidClient, repeatable } from "./client.ts";

type CodeRequest = Extract<AuthenticateRequest, { grant_type: "authorization_code" }>;

/** RFC 6749 section 4.1.3. `text` is the body as it came, `page` the origin of a page that calls. */
export async function codeGrant(
  services: Services,
  context: RequestContext,
  client: Client,
  body: CodeRequest,
  text: string,
  page: string | null,
): Promise<SignedIn & { readonly oauthTokens: OAuthTokens | null }> {
  const { app, isAuthenticated } = client;
  if (!isAuthenticated && !app.settings.publicClients) {
    throw invalidClient(
      body,
      "Send the app's API key as client_secret. For apps without a server, switch publicClients on.",
    );
  }
  const invitation = await invitationOf(services, app, body, null);
  const result = await exchangeAuthorizationCode(services, {
    app,
    code: body.code,
    codeVerifier: body.code_verifier ?? null,
    redirectUri: body.redirect_uri ?? null,
    clientAuthenticated: isAuthenticated,
    delivery: deliveryTo(page),
    policy: appServerPolicy(app, services.settings.sessions),
    ...endUser(context, client, body),
    repeatable: repeatable(context, app, text),
  });
  if (result.kind === "exchanged") {
    services.metrics.signIn(result.signedIn.session.authMethod, app.id);
    const { signedIn } = result;
    const begun = invitation
      ? await joinByInvitation(services, app, signedIn, invitation)
      : signedIn;
    return { ...begun, oauthTokens: result.oauthTokens };
  }
  throw new LatchkeyError("invalid_grant", 400, WORDS[result.reason]);
}

const WORDS: Record<RefusedCode, string> = {
  unknown: "The code is not one of this server. Sign in again.",
  spent: "The code was used before; what it began has ended. Sign in again.",
  expired: "The code has expired. Sign in again.",
  wrong_client: "The code was issued to another app. Exchange it with that app's client_id.",
  wrong_redirect_uri: "The code was sent to another redirect_uri than the one named here.",
  wrong_verifier:
    "code_verifier is missing or not the one of the code's code_challenge (RFC 7636 section 4.6).",
  unproven_client:
    "The code was issued without PKCE, so that its exchange needs the app's API key as client_secret.",
  no_such_user: "The user of this code was deleted.",
  user_disabled: "The user of this code was disabled by an operator.",
};
