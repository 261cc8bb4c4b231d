/** The organization that a session begins in. */
import type { App } from "../../apps/app-directory.ts";
import { acceptInvitation, requireInvitation } from "../../organizations/invitations.ts";
import type { Services } from "../../services.ts";
import type { SignedIn } from "../../sessions/sign-in.ts";
import type { Invitation } from "../../storage/store.ts";

/** Null leaves it in none; the caller has checked the membership. */
export async function beginIn(
  { store }: Pick<Services, "store">,
  signedIn: SignedIn,
  organizationId: string | null,
): Promise<SignedIn> {
  if (organizationId === null) return signedIn;
  await store.sessions.setOrganization(signedIn.session.id, organizationId);
  return { ...signedIn, session: { ...signedIn.session, organizationId } };
}

/** The invitation that came along, checked before anything begins. Throws `invitation_invalid`. */
export async function invitationOf(
  services: Services,
  app: App,
  { invitation_token: token }: { readonly invitation_token?: string | null | undefined },
  email: string | null,
): Promise<Invitation | null> {
  return token ? requireInvitation(services, app, token, email) : null;
}

/**
 * Accepts the invitation and begins in its organization. Where it is for another address, the
 * session that was just begun ends again, as if nobody had signed in.
 */
export async function joinByInvitation(
  services: Services,
  app: App,
  signedIn: SignedIn,
  invitation: Invitation,
): Promise<SignedIn> {
  const { user, session } = signedIn;
  try {
    const { organizationId } = await acceptInvitation(services, app, invitation, user);
    const membership =
      organizationId &&
      (await services.store.organizations.membershipOf(app.id, user.id, organizationId));
    const isMember = membership && membership.status === "active";
    return await beginIn(services, signedIn, isMember ? organizationId : null);
  } catch (error) {
    await services.store.sessions.end(session.id, "logout");
    throw error;
  }
}
