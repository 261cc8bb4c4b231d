/** From proof of identity to the redirect that takes a code back to the app. */
import { LatchkeyError } from "@latchkey/core/errors";
import type { App } from "../apps/app-directory.ts";
import type { RequestContext } from "../http/context.ts";
import { activeOrganizations } from "../organizations/active-organizations.ts";
import { acceptInvitation, requireInvitation } from "../organizations/invitations.ts";
import { providerTokens } from "../providers/app-server-tokens.ts";
import type { Services } from "../services.ts";
import { issueAuthorizationCode } from "../sessions/authorization-codes.ts";
import { emailAccount } from "../users/app-server-user.ts";
import type { AuthorizeRequest } from "./authorize-request.ts";
import { choiceUrl } from "./organization-choice.ts";
import { answerUrl, redirectTo } from "./redirect-answer.ts";

/** `email`, `password`, the type of a provider's account, or `sso`. */
export type LoginMethod = string;

export interface Completed {
  readonly app: App;
  readonly request: AuthorizeRequest;
  /** The user's key (User.id). */
  readonly userId: string;
  readonly method: LoginMethod;
  /** Milliseconds since the epoch by the database's clock. */
  readonly authenticatedAt: number;
  /** What came back from a provider, whose tokens the app may be handed. */
  readonly proofCode?: string;
}

/**
 * Sends the browser back to the app with a code: by 303 after a form, by 302 after a link; or on to
 * choose an organization, where the app wants one and the user has several. Throws `not_a_member`
 * when the app asked for an organization that the user is not in.
 */
export async function redirectWithCode(
  services: Services,
  context: RequestContext,
  completed: Completed,
  status: 302 | 303,
): Promise<Response> {
  const { app, request, userId, method, authenticatedAt, proofCode } = completed;
  const joined = await joinInvited(services, app, userId, request.invitationToken);
  let organizationId = joined ?? request.organizationId;
  if (organizationId !== null) {
    await requireMember(services, app, userId, organizationId);
  } else if (app.settings.organizationSelection) {
    const [only, ...others] = await activeOrganizations(services.store, app.id, userId);
    if (others.length > 0) {
      if (request.prompt.includes("none")) throw choiceRequired();
      return redirectTo(context, await choiceUrl(services, context, completed), status);
    }
    organizationId = only?.id ?? null;
  }
  const code = await issueAuthorizationCode(services, {
    app,
    userId,
    redirectUri: request.redirectUri,
    codeChallenge: request.codeChallenge,
    method,
    authenticatedAt,
    organizationId,
    oauthTokens: proofCode === undefined ? null : await providerTokens(services, app, proofCode),
  });
  return redirectTo(context, answerUrl(request, { code }), status);
}

/** Accepts the invitation that the sign-in is for; the organization that it is to, if any. */
export async function joinInvited(
  services: Services,
  app: App,
  userId: string,
  token: string | null,
): Promise<string | null> {
  const user = token === null ? null : await services.store.users.find(app.id, userId);
  if (token === null || !user) return null;
  const email = emailAccount(user)?.subject ?? "";
  const invitation = await requireInvitation(services, app, token, email);
  return (await acceptInvitation(services, app, invitation, user)).organizationId;
}

async function requireMember(
  { store }: Services,
  app: App,
  userId: string,
  organizationId: string,
): Promise<void> {
  const membership = await store.organizations.membershipOf(app.id, userId, organizationId);
  if (membership?.status !== "active") throw notAMember();
}

export function notAMember(): LatchkeyError {
  return new LatchkeyError(
    "not_a_member",
    403,
    "This account is not an active member of the organization that it is to be signed in to.",
  );
}

function choiceRequired(): LatchkeyError {
  return new LatchkeyError(
    "organization_selection_required",
    403,
    "The user belongs to several organizations and has to choose one.",
  );
}
