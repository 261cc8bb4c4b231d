/**
 * What stands between a right password or code and its session: an unproven address, a choice of
 * organization. The client is told by 403 what is missing, with a token to go on with.
 */
import { LatchkeyError } from "@latchkey/core/errors";
import type { App } from "../../apps/app-directory.ts";
import { activeOrganizations } from "../../organizations/active-organizations.ts";
import type { Services } from "../../services.ts";
import { type PendingInput, startPendingSignIn } from "../../sessions/pending-sign-ins.ts";
import type { User } from "../../storage/store.ts";
import { toAppServerUser } from "../../users/app-server-user.ts";
import { mailEmailVerification } from "../../users/email-verifications.ts";
import type { RequestContext } from "../context.ts";
import { plainError } from "./protocol-headers.ts";

/** Mails a code and throws 403 `email_verification_required`. */
export async function requireEmailVerification(
  services: Services,
  context: RequestContext,
  app: App,
  user: User,
  email: string,
): Promise<never> {
  const verification = await mailEmailVerification(services, app, user, email);
  const waiting = { app, user, email, waitsFor: "email_verification", method: "password" } as const;
  throw await pending(services, context, waiting, {
    message: "The address is not proven yet. A code was mailed to it; send it with this token.",
    fields: { email, email_verification_id: verification.id },
  });
}

/**
 * The organization that a sign-in begins in, where the app wants one chosen: the only one of who
 * belongs to one. Throws 403 `organization_selection_required` for who belongs to several.
 */
export async function organizationToBeginIn(
  services: Services,
  context: RequestContext,
  signingIn: Omit<PendingInput, "waitsFor">,
): Promise<string | null> {
  const { app, user } = signingIn;
  if (!app.settings.organizationSelection) return null;
  const organizations = await activeOrganizations(services.store, app.id, user.id);
  const [only, ...others] = organizations;
  if (others.length === 0) return only?.id ?? null;
  const waiting = { ...signingIn, waitsFor: "organization_selection" } as const;
  throw await pending(services, context, waiting, {
    message: "The user belongs to several organizations. Send the one to begin in with this token.",
    fields: {
      user: toAppServerUser(user),
      organizations: organizations.map(({ id, name }) => ({ id, name })),
    },
  });
}

const REQUIRED = {
  email_verification: "email_verification_required",
  organization_selection: "organization_selection_required",
} as const;

async function pending(
  services: Services,
  context: RequestContext,
  input: PendingInput,
  { message, fields }: { message: string; fields: object },
): Promise<LatchkeyError> {
  const pending_authentication_token = await startPendingSignIn(services, input);
  const error = new LatchkeyError(REQUIRED[input.waitsFor], 403, message);
  context.set("errorBody", (any) =>
    any === error
      ? { ...plainError(any), pending_authentication_token, ...fields }
      : plainError(any),
  );
  return error;
}
