/**
 * Invitations by mail: whoever proves the invited address while holding the token is in. The token,
 * 256 random bits, is kept as a keyed hash to find it by, and sealed, for the app's server to read.
 */
import { crypto } from "@latchkey/core/crypto";
import { base64url } from "@latchkey/core/encoding";
import { LatchkeyError } from "@latchkey/core/errors";
import type { App } from "../apps/app-directory.ts";
import { newCuid, newMembershipId } from "../apps/ids.ts";
import { keyedHash, type MasterKey, openText, sealText } from "../keys/master-key.ts";
import { mailFor } from "../mail/app-mail.ts";
import type { Services } from "../services.ts";
import type { Invitation, InvitationStore, User } from "../storage/store.ts";
import { emailAccount } from "../users/app-server-user.ts";

const DAY_MS = 86_400_000;
const DEFAULT_DAYS = 7;

/** Where the mailed link leads. */
export const INVITATION_PAGE = "/login/invitation";

type Deps = Pick<Services, "store" | "master" | "outbox" | "settings">;

export interface InvitationInput {
  readonly app: App;
  readonly email: string;
  readonly organizationId: string | null;
  /** Slug, one of the app's roles; null for its first. */
  readonly role: string | null;
  /** `user_…` of who invites; null for nobody in particular. */
  readonly inviterUserId: string | null;
  /** 1 to 30. */
  readonly expiresInDays: number | null;
}

export async function sendInvitation(
  deps: Deps,
  { app, email, organizationId, role, inviterUserId, expiresInDays }: InvitationInput,
): Promise<Awaited<ReturnType<InvitationStore["create"]>>> {
  const id = `invitation_${newCuid()}`;
  const token = base64url(crypto.randomBytes(32));
  const result = await deps.store.invitations.create({
    id,
    appId: app.id,
    email,
    organizationId,
    role,
    inviterUserId,
    tokenHash: await hashOf(deps.master, token),
    sealedToken: await sealText(deps.master, "invitation", id, token),
    lifetimeMs: (expiresInDays ?? DEFAULT_DAYS) * DAY_MS,
  });
  if (result.kind === "created") await mailInvitation(deps, app, result.invitation);
  return result;
}

/** Null for one that was accepted or revoked. */
export async function resendInvitation(
  deps: Deps,
  app: App,
  id: string,
): Promise<Invitation | null> {
  const extended = await deps.store.invitations.extend(app.id, id, DEFAULT_DAYS * DAY_MS);
  if (extended) await mailInvitation(deps, app, extended);
  return extended;
}

async function mailInvitation(deps: Deps, app: App, invitation: Invitation): Promise<void> {
  const { organizationId, email } = invitation;
  const organization =
    organizationId === null ? null : await deps.store.organizations.find(app.id, organizationId);
  const link = invitationUrl(deps, await tokenOf(deps, invitation));
  deps.outbox.post(
    mailFor(app, "invitation", {
      to: email,
      values: {
        invited_to: organization ? `${organization.name} on ${app.name}` : app.name,
        organization_name: organization?.name ?? "",
        expires_on: new Date(invitation.expiresAt).toISOString().slice(0, 10),
        link,
      },
    }),
  );
}

export const invitationUrl = ({ settings }: Pick<Deps, "settings">, token: string): string =>
  `${settings.publicUrl()}${INVITATION_PAGE}?token=${token}`;

/** The token in clear, for the app's server. */
export const tokenOf = ({ master }: Pick<Deps, "master">, invitation: Invitation) =>
  openText(master, "invitation", invitation.id, invitation.sealedToken);

/** Whatever its state and app; null for no token of ours. */
export async function findByToken(
  { store, master }: Pick<Deps, "store" | "master">,
  token: string,
): Promise<Invitation | null> {
  return store.invitations.findByToken(await hashOf(master, token));
}

/**
 * The app's invitation that can be accepted with this token, by this address where one is given, or
 * that was accepted already: acceptInvitation sees by whom.
 *
 * @throws LatchkeyError 400 `invitation_invalid`, 403 `invitation_email_mismatch`
 */
export async function requireInvitation(
  deps: Pick<Deps, "store" | "master">,
  app: App,
  token: string,
  email: string | null,
): Promise<Invitation> {
  const invitation = await findByToken(deps, token);
  if (invitation?.appId !== app.id) throw invalidInvitation();
  const state = stateOf(invitation, await deps.store.now());
  if (state === "expired" || state === "revoked") throw invalidInvitation();
  if (email !== null && invitation.email !== email) throw otherAddress();
  return invitation;
}

/**
 * Makes the user a member of its organization. The same user may repeat it.
 *
 * @throws LatchkeyError 400 `invitation_invalid`, 403 `invitation_email_mismatch`
 */
export async function acceptInvitation(
  { store }: Pick<Deps, "store">,
  app: App,
  invitation: Invitation,
  user: User,
): Promise<Invitation> {
  const account = emailAccount(user);
  if (account?.subject !== invitation.email || !account.isVerified) throw otherAddress();
  const accepted = await store.invitations.accept(app.id, invitation.id, {
    userId: user.id,
    membershipId: newMembershipId(),
    defaultRole: app.settings.roles[0]?.slug ?? "member",
  });
  if (accepted) return accepted;
  throw invalidInvitation();
}

export type InvitationState = "pending" | "accepted" | "expired" | "revoked";

export function stateOf(
  { acceptedAt, revokedAt, expiresAt }: Invitation,
  now: number,
): InvitationState {
  if (acceptedAt !== null) return "accepted";
  if (revokedAt !== null) return "revoked";
  return expiresAt <= now ? "expired" : "pending";
}

const hashOf = (master: MasterKey, token: string): Promise<string> =>
  keyedHash(master, "invitation", "token", token);

export function invalidInvitation(): LatchkeyError {
  return new LatchkeyError(
    "invitation_invalid",
    400,
    "This invitation was accepted, revoked or has run out, or it is of another app. Ask for a new one.",
  );
}

function otherAddress(): LatchkeyError {
  return new LatchkeyError(
    "invitation_email_mismatch",
    403,
    "The invitation is for another e-mail address. Sign in with the one that it was sent to.",
  );
}
