import type { Organization, Store } from "../storage/store.ts";

/** As many as a person can be asked to choose from. */
const MAX_CHOICES = 100;

/** The organizations that the user is an active member of, the longest first. */
export async function activeOrganizations(
  store: Pick<Store, "organizations">,
  appId: string,
  userId: string,
): Promise<Organization[]> {
  const { items } = await store.organizations.memberships(
    appId,
    { userId, organizationId: null, statuses: ["active"] },
    { before: null, after: null, limit: MAX_CHOICES, order: "asc" },
  );
  return items.map(({ organization }) => organization);
}
