/** What goes out, made of what happened. Times in seconds; the events of users as Privy sends them. */
import { toWireMembership, toWireOrganization } from "../organizations/wire-organization.ts";
import type { Account, Happening, Session, StoredEvent, User } from "../storage/store.ts";
import { toWireUser, wireUserId } from "../users/wire-user.ts";

export function webhookBody({ happening, createdAt }: StoredEvent): string {
  const { type } = happening;
  return JSON.stringify({ type, ...contentOf(happening), created_at: seconds(createdAt) });
}

function contentOf(happening: Happening): object {
  switch (happening.type) {
    case "user.created":
    case "user.deleted":
    case "user.disabled":
    case "user.enabled":
      return userOf(happening.user);
    case "user.authenticated":
    case "user.linked_account":
    case "user.unlinked_account":
    case "user.updated_account":
      return { ...userOf(happening.user), account: accountOf(happening) };
    case "user.transferred_account": {
      const { user, server_user_id } = userOf(happening.user);
      return {
        fromUser: { id: wireUserId(happening.fromUserId) },
        toUser: user,
        server_user_id,
        account: accountOf(happening),
        deletedUser: true,
      };
    }
    case "session.created":
    case "session.ended":
    case "session.revoked":
    case "session.reuse_detected":
      return { session: sessionOf(happening.session, happening.serverUserId) };
    case "organization.created":
    case "organization.updated":
    case "organization.deleted":
      return { organization: toWireOrganization(happening.organization) };
    case "organization_membership.created":
    case "organization_membership.updated":
    case "organization_membership.deleted":
      return { organization_membership: toWireMembership(happening.membership) };
    case "invitation.created":
    case "invitation.accepted":
    case "invitation.revoked": {
      const { invitation } = happening;
      return {
        invitation: {
          id: invitation.id,
          email: invitation.email,
          organization_id: invitation.organizationId,
          role: invitation.role,
          inviter_user_id: invitation.inviterUserId,
          accepted_user_id: invitation.acceptedUserId,
          expires_at: seconds(invitation.expiresAt),
          accepted_at: secondsOrNull(invitation.acceptedAt),
          revoked_at: secondsOrNull(invitation.revokedAt),
        },
      };
    }
    case "domain.updated": {
      const { domain, sessionHost, state, stateAt } = happening.domain;
      return {
        domain: { domain, session_host: sessionHost, state, state_at: seconds(stateAt) },
      };
    }
    case "webhook.test":
      return { message: "A test of this endpoint: nothing happened." };
  }
}

function userOf(user: User) {
  return { user: toWireUser(user), server_user_id: user.serverId };
}

/** As the user's list shows it. */
function accountOf({ user, account }: { readonly user: User; readonly account: Account }) {
  return toWireUser({ ...user, accounts: [account] }).linked_accounts[0] ?? null;
}

function sessionOf(session: Session, serverUserId: string | null) {
  return {
    id: session.id,
    user_id: wireUserId(session.userId),
    server_user_id: serverUserId,
    protocol: session.protocol,
    client_id: session.clientId,
    organization_id: session.organizationId,
    auth_method: session.authMethod,
    impersonator: session.impersonator,
    ip: session.ip,
    user_agent: session.userAgent,
    created_at: seconds(session.createdAt),
    expires_at: seconds(session.absoluteExpiresAt),
    ended_at: secondsOrNull(session.endedAt),
    end_reason: session.endReason,
  };
}

const seconds = (ms: number): number => Math.floor(ms / 1000);
const secondsOrNull = (ms: number | null): number | null => (ms === null ? null : seconds(ms));
