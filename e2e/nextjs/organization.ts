import { openWorkOS } from "../app-server/workos.ts";
import type { DevServer } from "../support/dev-server.ts";

/** Makes an organization that the user of this address is in; answers its id. */
export async function newMembership(
  server: DevServer,
  email: string,
  name: string,
  roleSlug: string,
): Promise<string> {
  const { userManagement, organizations } = openWorkOS(server);
  const { data } = await userManagement.listUsers({ email });
  const { id } = await organizations.createOrganization({ name });
  const userId = data[0]?.id ?? "";
  await userManagement.createOrganizationMembership({ organizationId: id, userId, roleSlug });
  return id;
}
