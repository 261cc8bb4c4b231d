import type { Page, PageRequest } from "./page.ts";

export interface Organization {
  readonly id: string;
  readonly appId: string;
  readonly name: string;
  readonly externalId: string | null;
  readonly metadata: Readonly<Record<string, string>>;
  readonly entitlements: readonly string[];
  readonly featureFlags: readonly string[];
  readonly createdAt: number;
  readonly updatedAt: number;
}

export interface OrganizationChange {
  readonly name?: string | undefined;
  readonly externalId?: string | null | undefined;
  readonly metadata?: Readonly<Record<string, string>> | undefined;
  readonly entitlements?: readonly string[] | undefined;
  readonly featureFlags?: readonly string[] | undefined;
}

export interface Membership {
  readonly id: string;
  readonly organization: Organization;
  readonly userId: string;
  /** The user's id in this protocol, `user_…`. */
  readonly serverUserId: string;
  /** Slugs, at least one. */
  readonly roles: readonly string[];
  readonly status: "active" | "inactive";
  readonly createdAt: number;
  readonly updatedAt: number;
}

export interface OrganizationStore {
  create(
    organization: {
      readonly id: string;
      readonly appId: string;
      readonly name: string;
    } & OrganizationChange,
  ): Promise<
    | { readonly kind: "created"; readonly organization: Organization }
    | { readonly kind: "external_id_taken" }
  >;
  find(appId: string, id: string): Promise<Organization | null>;
  findByExternalId(appId: string, externalId: string): Promise<Organization | null>;
  page(appId: string, page: PageRequest): Promise<Page<Organization>>;
  /** Those that have any, all of them. */
  withFeatureFlags(appId: string): Promise<Pick<Organization, "id" | "featureFlags">[]>;
  update(
    appId: string,
    id: string,
    change: OrganizationChange,
  ): Promise<
    | { readonly kind: "updated"; readonly organization: Organization }
    | { readonly kind: "no_such_organization" | "external_id_taken" }
  >;
  /** With its memberships; sessions in it go on without it. */
  delete(appId: string, id: string): Promise<boolean>;
  addMember(membership: {
    readonly id: string;
    readonly appId: string;
    readonly organizationId: string;
    readonly userId: string;
    readonly roles: readonly string[];
  }): Promise<
    | { readonly kind: "added"; readonly membership: Membership }
    | { readonly kind: "already_member" | "no_such_organization" | "no_such_user" }
  >;
  findMembership(appId: string, id: string): Promise<Membership | null>;
  /** The user's membership of one organization, active or not. */
  membershipOf(appId: string, userId: string, organizationId: string): Promise<Membership | null>;
  memberships(
    appId: string,
    filter: {
      readonly userId: string | null;
      readonly organizationId: string | null;
      readonly statuses: readonly Membership["status"][];
    },
    page: PageRequest,
  ): Promise<Page<Membership>>;
  changeMembership(
    appId: string,
    id: string,
    change: { readonly roles?: readonly string[]; readonly status?: Membership["status"] },
  ): Promise<Membership | null>;
  removeMembership(appId: string, id: string): Promise<boolean>;
}
