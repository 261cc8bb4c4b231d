import { LatchkeyError } from "@latchkey/core/errors";
import type { AuthenticateRequest } from "@latchkey/core/protocol/app-server-requests";
import type { Services } from "../../services.ts";
import { appServerPolicy } from "../../sessions/policy.ts";
import { refusedSignIn, repeatedSignIn, type SignedIn, signIn } from "../../sessions/sign-in.ts";
import { requireAllowed } from "../../users/allowlist.ts";
import { findByPassword, offersPasswords } from "../../users/passwords.ts";
import type { RequestContext } from "../context.ts";
import { beginIn, invitationOf, joinByInvitation } from "./begin-in.ts";
import { type Client, endUser, repeatable } from "./client.ts";
import { requireNoConnection } from "./require-no-connection.ts";
import { organizationToBeginIn, requireEmailVerification } from "./sign-in-steps.ts";

type PasswordRequest = Extract<AuthenticateRequest, { grant_type: "password" }>;

/** Signs in by address and password, for apps with a form of their own. `text` is the body as it came. */
export async function passwordGrant(
  services: Services,
  context: RequestContext,
  client: Client,
  body: PasswordRequest,
  text: string,
): Promise<SignedIn> {
  const { app } = client;
  if (!offersPasswords(services, app)) throw noPasswords();
  const again = repeatable(context, app, text);
  const first = await repeatedSignIn(services, again);
  if (first) return first;
  const { email, password } = body;
  await requireNoConnection(services, context, app, email);
  const found = await findByPassword(services, app, email, password);
  if (!found) {
    throw new LatchkeyError(
      "invalid_credentials",
      400,
      "The address and the password do not belong together.",
    );
  }
  const { user, isProven } = found;
  await requireAllowed(services.store.apps, app, email);
  if (user.disabledAt !== null) throw refusedSignIn("user_disabled");
  if (!isProven) return requireEmailVerification(services, context, app, user, email);
  const invitation = await invitationOf(services, app, body, email);
  const signingIn = { app, user, email, method: "password" };
  const organizationId = invitation
    ? null
    : await organizationToBeginIn(services, context, signingIn);
  const signedIn = await signIn(services, {
    app,
    client: null,
    protocol: "app_server",
    policy: appServerPolicy(app, services.settings.sessions),
    account: { type: "email", subject: email },
    method: "password",
    allowSignUp: false,
    isGuest: false,
    codeId: null,
    ...endUser(context, client, body),
    repeatable: again,
  });
  services.metrics.signIn("password", app.id);
  return invitation
    ? joinByInvitation(services, app, signedIn, invitation)
    : beginIn(services, signedIn, organizationId);
}

export function noPasswords(): LatchkeyError {
  return new LatchkeyError(
    "password_auth_disabled",
    400,
    "This app does not sign in by password. Switch passwordAuth on in its settings.",
  );
}
