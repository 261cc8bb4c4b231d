import { LatchkeyError } from "@latchkey/core/errors";
import type {
  AuthenticateRequest,
  MAGIC_AUTH_GRANT,
} from "@latchkey/core/protocol/app-server-requests";
import type { App } from "../../apps/app-directory.ts";
import type { Requester } from "../../codes/one-time-codes.ts";
import { proveCode } from "../../codes/prove-code.ts";
import type { Services } from "../../services.ts";
import { appServerPolicy } from "../../sessions/policy.ts";
import { repeatedSignIn, type SignedIn, signIn } from "../../sessions/sign-in.ts";
import { requireAllowed } from "../../users/allowlist.ts";
import { provenUser } from "../../users/proven-user.ts";
import type { RequestContext } from "../context.ts";
import { beginIn, invitationOf, joinByInvitation } from "./begin-in.ts";
import { type Client, endUser, repeatable } from "./client.ts";
import { requireNoConnection } from "./require-no-connection.ts";
import { organizationToBeginIn } from "./sign-in-steps.ts";

type MagicAuthRequest = Extract<AuthenticateRequest, { grant_type: typeof MAGIC_AUTH_GRANT }>;

/** Codes that an app's server asks for are bound to it, not to a browser. */
export function backendRequester(app: App): Requester {
  return {
    appId: app.id,
    clientId: app.clientId,
    analyticsId: null,
    origin: null,
    preLogin: null,
  };
}

/** Signs in with the code of POST /user_management/magic_auth. `text` is the body as it came. */
export async function magicAuthGrant(
  services: Services,
  context: RequestContext,
  client: Client,
  body: MagicAuthRequest,
  text: string,
): Promise<SignedIn> {
  const { app } = client;
  const { email, code } = body;
  const again = repeatable(context, app, text);
  const first = await repeatedSignIn(services, again);
  if (first) return first;
  await requireNoConnection(services, context, app, email);
  const proof = await proveCode(services, backendRequester(app), email, code);
  if (proof === null) throw wrongCode();
  await requireAllowed(services.store.apps, app, email);
  const invitation = await invitationOf(services, app, body, email);
  let codeId = proof.kind === "code" ? proof.codeId : null;
  let organizationId: string | null = null;
  const account = { type: "email", subject: email };
  try {
    if (app.settings.organizationSelection && !invitation) {
      // The choice is offered to nobody who has not proven the address.
      const { user } = await provenUser(services, { app, account, allowSignUp: true, codeId });
      codeId = null;
      const signingIn = { app, user, email, method: "email" };
      organizationId = await organizationToBeginIn(services, context, signingIn);
    }
    const signedIn = await signIn(services, {
      app,
      client: null,
      protocol: "app_server",
      policy: appServerPolicy(app, services.settings.sessions),
      account,
      method: "email",
      allowSignUp: true,
      isGuest: false,
      codeId,
      ...endUser(context, client, body),
      repeatable: again,
    });
    services.metrics.signIn("email", app.id);
    return invitation
      ? joinByInvitation(services, app, signedIn, invitation)
      : beginIn(services, signedIn, organizationId);
  } catch (error) {
    if (!(error instanceof LatchkeyError) || error.code !== "invalid_credentials") throw error;
    // The first of two equal requests may have spent the code meanwhile.
    const spentByTwin = await repeatedSignIn(services, again);
    if (spentByTwin) return spentByTwin;
    throw wrongCode();
  }
}

/** One answer for a wrong, spent, expired and never issued code (ASVS 6.3.8). */
export function wrongCode(): LatchkeyError {
  return new LatchkeyError(
    "invalid_one_time_code",
    400,
    "The code is wrong, was used, or has expired. Ask for a new one.",
  );
}
