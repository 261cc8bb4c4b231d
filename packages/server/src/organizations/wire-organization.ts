/** Organizations and memberships as the app-server protocol shows them. */
import type { WireMembership, WireOrganization } from "@latchkey/core/protocol/app-server";
import type { Membership, Organization } from "../storage/store.ts";
import { isoTime } from "../users/app-server-user.ts";

export function toWireOrganization(organization: Organization): WireOrganization {
  return {
    object: "organization",
    id: organization.id,
    name: organization.name,
    allow_profiles_outside_organization: false,
    domains: [],
    external_id: organization.externalId,
    metadata: { ...organization.metadata },
    created_at: isoTime(organization.createdAt),
    updated_at: isoTime(organization.updatedAt),
  };
}

export function toWireMembership(membership: Membership): WireMembership {
  const roles = membership.roles.map((slug) => ({ slug }));
  return {
    object: "organization_membership",
    id: membership.id,
    user_id: membership.serverUserId,
    organization_id: membership.organization.id,
    organization_name: membership.organization.name,
    role: roles[0] ?? { slug: "member" },
    roles,
    status: membership.status,
    directory_managed: false,
    custom_attributes: {},
    created_at: isoTime(membership.createdAt),
    updated_at: isoTime(membership.updatedAt),
  };
}
