import type { App } from "../apps/app-directory.ts";
import type { OrganizationStore } from "../storage/store.ts";

/** What an access token says of the organization that its session is in; absent where empty. */
export interface OrganizationClaims {
  readonly org_id: string;
  readonly role: string;
  readonly roles: readonly string[];
  readonly permissions?: readonly string[];
  readonly entitlements?: readonly string[];
  readonly feature_flags?: readonly string[];
}

/**
 * Null when the user is no active member: a token never says more than what holds as it is made.
 * Permissions are those of all roles that the app's settings know.
 */
export async function organizationClaims(
  store: OrganizationStore,
  app: App,
  userId: string,
  organizationId: string,
): Promise<OrganizationClaims | null> {
  const membership = await store.membershipOf(app.id, userId, organizationId);
  if (membership?.status !== "active") return null;
  const { organization, roles } = membership;
  const [role] = roles;
  if (role === undefined) return null;
  const permissions = app.settings.roles
    .filter(({ slug }) => roles.includes(slug))
    .flatMap((each) => each.permissions);
  return {
    org_id: organization.id,
    role,
    roles,
    ...unlessEmpty("permissions", [...new Set(permissions)]),
    ...unlessEmpty("entitlements", organization.entitlements),
    ...unlessEmpty("feature_flags", organization.featureFlags),
  };
}

function unlessEmpty<Name extends string>(name: Name, values: readonly string[]) {
  return (values.length > 0 ? { [name]: values } : {}) as { [N in Name]?: readonly string[] };
}
