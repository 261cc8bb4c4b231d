import type { Selectable } from "kysely";
import type { OrganizationMembershipTable, OrganizationTable } from "../schema.ts";
import type { Membership, Organization } from "../store.ts";

export type OrganizationRow = Selectable<OrganizationTable>;
export type MembershipRow = Selectable<OrganizationMembershipTable>;

export function toOrganization(row: OrganizationRow): Organization {
  return {
    id: row.id,
    appId: row.app_id,
    name: row.name,
    externalId: row.external_id,
    metadata: row.metadata === null ? {} : JSON.parse(row.metadata),
    entitlements: JSON.parse(row.entitlements),
    featureFlags: JSON.parse(row.feature_flags),
    createdAt: row.created_at,
    updatedAt: row.updated_at,
  };
}

export function toMembership(
  row: MembershipRow,
  organization: Organization,
  serverUserId: string,
): Membership {
  return {
    id: row.id,
    organization,
    userId: row.user_id,
    serverUserId,
    roles: JSON.parse(row.roles),
    status: row.status as Membership["status"],
    createdAt: row.created_at,
    updatedAt: row.updated_at,
  };
}
