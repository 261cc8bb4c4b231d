/** Finishing a sign-in that waited for one thing more; see sign-in-steps.ts. */
import { LatchkeyError } from "@latchkey/core/errors";
import type {
  AuthenticateRequest,
  EMAIL_VERIFICATION_GRANT,
  ORGANIZATION_SELECTION_GRANT,
} from "@latchkey/core/protocol/app-server-requests";
import type { Services } from "../../services.ts";
import { completePendingSignIn, findPendingSignIn } from "../../sessions/pending-sign-ins.ts";
import { appServerPolicy } from "../../sessions/policy.ts";
import { repeatedSignIn, type SignedIn } from "../../sessions/sign-in.ts";
import type { PendingSignIn } from "../../storage/store.ts";
import { requireAllowed } from "../../users/allowlist.ts";
import { checkEmailVerification } from "../../users/email-verifications.ts";
import type { RequestContext } from "../context.ts";
import { type Client, endUser, repeatable } from "./client.ts";
import { wrongCode } from "./magic-auth-grant.ts";
import { organizationToBeginIn } from "./sign-in-steps.ts";

type Grant<T> = Extract<AuthenticateRequest, { grant_type: T }>;

/** The address was not proven; the code that was mailed to it came along. `text` is the body as it came. */
export async function emailVerificationGrant(
  services: Services,
  context: RequestContext,
  client: Client,
  body: Grant<typeof EMAIL_VERIFICATION_GRANT>,
  text: string,
): Promise<SignedIn> {
  const { app } = client;
  return finish(services, context, client, body, text, "email_verification", async (pending) => {
    const { userId, email } = pending;
    const codeId = await checkEmailVerification(services, app, { userId, email, code: body.code });
    if (codeId === null) throw wrongCode();
    const user = await services.store.users.find(app.id, userId);
    if (!user || !app.settings.organizationSelection) return { codeId, organizationId: null };
    // From here on the address counts as proven, also while the choice is not made.
    const proven = { appId: app.id, id: userId, email, codeId };
    if (!(await services.store.profiles.verifyEmail(proven))) throw wrongCode();
    const signingIn = { app, user, email, method: pending.authMethod };
    return {
      codeId: null,
      organizationId: await organizationToBeginIn(services, context, signingIn),
    };
  });
}

/** The user belongs to several organizations and names the one to begin in. */
export async function organizationSelectionGrant(
  services: Services,
  context: RequestContext,
  client: Client,
  body: Grant<typeof ORGANIZATION_SELECTION_GRANT>,
  text: string,
): Promise<SignedIn> {
  const { app } = client;
  return finish(
    services,
    context,
    client,
    body,
    text,
    "organization_selection",
    async (pending) => {
      const organizationId = body.organization_id;
      const { organizations } = services.store;
      const membership = await organizations.membershipOf(app.id, pending.userId, organizationId);
      if (membership?.status === "active") return { codeId: null, organizationId };
      throw new LatchkeyError(
        "access_denied",
        403,
        "The user is not an active member of this organization. Choose one of the list.",
      );
    },
  );
}

async function finish(
  services: Services,
  context: RequestContext,
  client: Client,
  body: AuthenticateRequest & { readonly pending_authentication_token: string },
  text: string,
  waitsFor: PendingSignIn["waitsFor"],
  prove: (
    pending: PendingSignIn,
  ) => Promise<{ codeId: string | null; organizationId: string | null }>,
): Promise<SignedIn> {
  const { app } = client;
  const again = repeatable(context, app, text);
  const first = await repeatedSignIn(services, again);
  if (first) return first;
  const token = body.pending_authentication_token;
  const pending = await findPendingSignIn(services, app, token, waitsFor);
  if (!pending) throw wrongToken();
  await requireAllowed(services.store.apps, app, pending.email);
  const proof = await prove(pending);
  try {
    const signedIn = await completePendingSignIn(services, {
      pending,
      ...proof,
      policy: appServerPolicy(app, services.settings.sessions),
      ...endUser(context, client, body),
      repeatable: again,
    });
    services.metrics.signIn(pending.authMethod, app.id);
    return signedIn;
  } catch (error) {
    if (error instanceof LatchkeyError && error.code === "invalid_credentials") throw wrongToken();
    throw error;
  }
}

function wrongToken(): LatchkeyError {
  return new LatchkeyError(
    "invalid_pending_authentication_token",
    400,
    "The pending_authentication_token was used, has run out, or waits for something else. Sign in again.",
  );
}
