import { LatchkeyError } from "@latchkey/core/errors";
import type { App } from "../apps/app-directory.ts";
import { newMembershipId } from "../apps/ids.ts";
import type { RequestContext } from "../http/context.ts";
import { notOffered, stateMismatch } from "../providers/finish-flow.ts";
import { type FoundProof, findProof } from "../providers/proof.ts";
import { authMethodOf } from "../providers/provider-preset.ts";
import type { Services } from "../services.ts";
import type { IdentityProvider, User } from "../storage/store.ts";
import { provenUser } from "../users/proven-user.ts";
import { providerAccount, requireProviderAllowed } from "../users/provider-user.ts";
import { wayInNotice } from "../users/way-in-notice.ts";
import { notAMember } from "./complete-login.ts";
import { newCookieValue } from "./cookies.ts";
import { finishLogin } from "./finish-login.ts";
import type { OpenLogin } from "./open-login.ts";
import { beginSignIn } from "./shared-sign-in.ts";

/**
 * Signs in whom a provider proved: `code` is what came back from it. It is good in the browser that the
 * sign-in was begun in, for the provider and the purpose that it was begun for, and once.
 *
 * @throws LatchkeyError `oauth_state_mismatch`, `not_a_member`, and what refuses any sign-in
 */
export async function finishByProvider(
  services: Services,
  context: RequestContext,
  { app, request }: OpenLogin,
  code: string,
): Promise<Response> {
  const proof = await findProof(services, code);
  if (!proof || !isOf(proof, app, request.binding)) throw stateMismatch();
  const { identity, step } = proof;
  const provider = await services.store.providers.find(app.id, step.providerId);
  if (!provider) throw stateMismatch();
  if (!provider.enabled) throw notOffered(provider);
  const proven = { app, provider, identity, stepId: step.id };
  await requireProviderAllowed(services.store, proven);
  const account = providerAccount(proven);
  const { user, hasJoined } = await provenUser(services, {
    app,
    account,
    allowSignUp: true,
    codeId: null,
  }).catch((error: unknown) => {
    // Spent meanwhile, by the same address perhaps.
    const isSpent = error instanceof LatchkeyError && error.code === "invalid_credentials";
    throw isSpent ? stateMismatch() : error;
  });
  if (hasJoined) {
    const change = { name: provider.name, change: "added" } as const;
    const notice = await wayInNotice(services.store, app, user, change);
    if (notice) services.outbox.post(notice);
  }
  await joinOrganization(services, app, provider, user);
  const method = authMethodOf(provider);
  const { authenticatedAt } = await beginSignIn(services, context, newCookieValue(), {
    appId: app.id,
    userId: user.id,
    account: { type: account.type, subject: account.subject },
    authMethod: method,
  });
  const organizationId = request.organizationId ?? provider.organizationId;
  return finishLogin(services, context, {
    app,
    request: { ...request, organizationId },
    userId: user.id,
    method,
    authenticatedAt,
    proofCode: code,
  });
}

function isOf({ step, purpose }: FoundProof, app: App, binding: string): boolean {
  return step.appId === app.id && purpose.kind === "hosted" && purpose.data.binding === binding;
}

/** By its organization's connection only who belongs to it signs in, or is made to. */
async function joinOrganization(
  { store }: Services,
  app: App,
  { organizationId, joinRole }: IdentityProvider,
  user: User,
): Promise<void> {
  if (organizationId === null) return;
  const membership = await store.organizations.membershipOf(app.id, user.id, organizationId);
  if (membership?.status === "active") return;
  // Somebody suspended it, which a sign-in does not undo.
  if (membership || joinRole === null) throw notAMember();
  const id = newMembershipId();
  const joined = { id, appId: app.id, organizationId, userId: user.id, roles: [joinRole] };
  const result = await store.organizations.addMember(joined);
  if (result.kind !== "added" && result.kind !== "already_member") throw notAMember();
}
