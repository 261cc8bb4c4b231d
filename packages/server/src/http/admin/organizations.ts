import { LatchkeyError } from "@latchkey/core/errors";
import type { organizationOperations } from "@latchkey/core/protocol/admin";
import type { App } from "../../apps/app-directory.ts";
import { newMembershipId, newOrganizationId } from "../../apps/ids.ts";
import { sendInvitation, stateOf } from "../../organizations/invitations.ts";
import type { Services } from "../../services.ts";
import type { Invitation, Membership, Organization } from "../../storage/store.ts";
import { wireUserId } from "../../users/wire-user.ts";
import { findUser } from "./find-user.ts";
import type { Handlers } from "./handler.ts";
import { found, requireApp } from "./missing.ts";

interface PageInput {
  readonly after?: string | undefined;
  readonly limit: number;
}

/** Newest first; a cursor is the id of the last row. */
const newestFirst = ({ after, limit }: PageInput) =>
  ({ after: after ?? null, before: null, limit, order: "desc" }) as const;

const nextOf = (page: { items: readonly { id: string }[]; hasAfter: boolean }): string | null =>
  page.hasAfter ? (page.items.at(-1)?.id ?? null) : null;

/** Organizations of an app's users: members, invitations, and what their tokens claim. */
export function organizationHandlers(
  services: Services,
): Handlers<keyof typeof organizationOperations> {
  const { store, directory } = services;

  async function require(params: { appId: string; organizationId: string }): Promise<Organization> {
    await requireApp(directory, params.appId);
    const organization = await store.organizations.find(params.appId, params.organizationId);
    return found(organization, "organization");
  }

  async function requireMembership(params: {
    appId: string;
    organizationId: string;
    membershipId: string;
  }): Promise<Membership> {
    const membership = await store.organizations.findMembership(params.appId, params.membershipId);
    const isOfIt = membership?.organization.id === params.organizationId;
    return found(isOfIt ? membership : null, "membership");
  }

  async function toMember({
    id,
    userId,
    serverUserId,
    roles,
    status,
    createdAt,
    organization,
  }: Membership) {
    const user = await store.users.find(organization.appId, userId);
    const email = user?.accounts.find(({ type }) => type === "email")?.subject ?? null;
    return {
      ...{ id, serverUserId, email, status, createdAt },
      userId: wireUserId(userId),
      roles: [...roles],
    };
  }

  return {
    async listOrganizations({ params: { appId }, query }) {
      await requireApp(directory, appId);
      const page = await store.organizations.page(appId, newestFirst(query));
      return { items: page.items.map(toOrganization), next: nextOf(page) };
    },

    async createOrganization({ params: { appId }, body: { name, externalId }, record }) {
      await requireApp(directory, appId);
      const wanted = { id: newOrganizationId(), appId, name, externalId };
      const result = await store.organizations.create(wanted);
      if (result.kind !== "created") throw externalIdTaken();
      const organization = toOrganization(result.organization);
      record({ after: organization });
      return organization;
    },

    getOrganization: async ({ params }) => toOrganization(await require(params)),

    async updateOrganization({ params, body, record }) {
      const before = await require(params);
      const result = await store.organizations.update(params.appId, params.organizationId, body);
      if (result.kind === "external_id_taken") throw externalIdTaken();
      const updated = result.kind === "updated" ? result.organization : null;
      const after = toOrganization(found(updated, "organization"));
      record({ before: toOrganization(before), after });
      return after;
    },

    async deleteOrganization({ params, record }) {
      const before = await require(params);
      await store.organizations.delete(params.appId, params.organizationId);
      record({ before: toOrganization(before) });
      return undefined;
    },

    async listMembers({ params, query }) {
      const { id } = await require(params);
      const filter = {
        userId: null,
        organizationId: id,
        statuses: ["active", "inactive"] as const,
      };
      const page = await store.organizations.memberships(params.appId, filter, newestFirst(query));
      return { items: await Promise.all(page.items.map(toMember)), next: nextOf(page) };
    },

    async addMember({ params, body: { userId, roles }, record }) {
      const app = await requireApp(directory, params.appId);
      const { id: organizationId } = await require(params);
      const user = await findUser(store, app.id, userId);
      if (!user) throw wrongField("userId", "names no user of this app");
      const result = await store.organizations.addMember({
        id: newMembershipId(),
        appId: app.id,
        organizationId,
        userId: user.id,
        roles: knownRoles(app, roles) ?? [firstRole(app)],
      });
      if (result.kind === "already_member") throw wrongField("userId", "is a member already");
      if (result.kind !== "added") throw wrongField("userId", "is gone");
      const member = await toMember(result.membership);
      record({ after: member });
      return member;
    },

    async changeMember({ params, body: { roles, status }, record }) {
      const app = await requireApp(directory, params.appId);
      const before = await requireMembership(params);
      const known = knownRoles(app, roles);
      const change = { ...(known && { roles: known }), ...(status && { status }) };
      const changed = await store.organizations.changeMembership(app.id, before.id, change);
      const after = await toMember(found(changed, "membership"));
      record({ before: await toMember(before), after });
      return after;
    },

    async removeMember({ params, record }) {
      const before = await requireMembership(params);
      await store.organizations.removeMembership(params.appId, before.id);
      record({ before: await toMember(before) });
      return undefined;
    },

    async listOrganizationInvitations({ params, query }) {
      const { id } = await require(params);
      const filter = { email: null, organizationId: id };
      const page = await store.invitations.page(params.appId, filter, newestFirst(query));
      const now = await store.now();
      return { items: page.items.map((each) => toInvitation(each, now)), next: nextOf(page) };
    },

    async inviteMember({ params, body: { email, role }, record }) {
      const app = await requireApp(directory, params.appId);
      const { id: organizationId } = await require(params);
      const [known] = knownRoles(app, role === undefined ? undefined : [role]) ?? [];
      const result = await sendInvitation(services, {
        app,
        email,
        organizationId,
        role: known ?? firstRole(app),
        inviterUserId: null,
        expiresInDays: null,
      });
      if (result.kind === "already_invited") throw wrongField("email", "is invited already");
      const created = result.kind === "created" ? result.invitation : null;
      const invitation = toInvitation(found(created, "organization"), await store.now());
      record({ after: invitation });
      return invitation;
    },

    async revokeMemberInvitation({ params, record }) {
      const { id } = await require(params);
      const invitation = await store.invitations.find(params.appId, params.invitationId);
      found(invitation?.organizationId === id ? invitation : null, "invitation");
      const revoked = await store.invitations.revoke(params.appId, params.invitationId);
      record({ before: toInvitation(found(revoked, "pending invitation"), await store.now()) });
      return undefined;
    },
  };
}

function toOrganization(organization: Organization) {
  const { id, name, externalId, createdAt, updatedAt } = organization;
  return {
    ...{ id, name, externalId, createdAt, updatedAt },
    entitlements: [...organization.entitlements],
    featureFlags: [...organization.featureFlags],
  };
}

function toInvitation(invitation: Invitation, now: number) {
  const { id, email, role, createdAt, expiresAt } = invitation;
  return { id, email, role, createdAt, expiresAt, state: stateOf(invitation, now) };
}

const firstRole = ({ settings }: App): string => settings.roles[0]?.slug ?? "member";

/** The roles, if the app has them all. */
function knownRoles({ settings }: App, roles: readonly string[] | undefined) {
  const unknown = roles?.find((role) => !settings.roles.some(({ slug }) => slug === role));
  if (unknown === undefined) return roles;
  const known = settings.roles.map(({ slug }) => slug).join(", ");
  throw wrongField("roles", `"${unknown}" is none of this app's; these are: ${known}`);
}

function externalIdTaken(): LatchkeyError {
  return wrongField("externalId", "belongs to another organization");
}

function wrongField(field: string, what: string): LatchkeyError {
  return new LatchkeyError("invalid_data", 400, `${field} ${what}.`, { fields: { [field]: what } });
}
