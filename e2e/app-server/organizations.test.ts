import type { WorkOS } from "@workos-inc/node";
import { afterAll, beforeAll, expect, test } from "vitest";
import { type DevServer, startDevServer } from "../support/dev-server.ts";
import { COOKIE_PASSWORD, impersonationCode, openWorkOS } from "./workos.ts";

let server: DevServer;
let workos: WorkOS;
beforeAll(async () => {
  server = await startDevServer();
  workos = openWorkOS(server);
});
afterAll(() => server.stop());

test("organizations, memberships and a sealed session that is switched between them", async () => {
  const { organizations, userManagement } = workos;
  const user = await userManagement.createUser({ email: "ada@example.com", emailVerified: true });
  const [first, second] = [
    await organizations.createOrganization({ name: "First", externalId: "crm-1" }),
    await organizations.createOrganization({ name: "Second", metadata: { plan: "pro" } }),
  ];
  expect(await organizations.getOrganizationByExternalId("crm-1")).toEqual(first);
  const { data: listed } = await organizations.listOrganizations();
  expect(listed.map(({ id }) => id).sort()).toEqual([first.id, second.id].sort());
  await userManagement.createOrganizationMembership({ organizationId: first.id, userId: user.id });
  const membership = await userManagement.createOrganizationMembership({
    organizationId: second.id,
    userId: user.id,
    roleSlug: "admin",
  });
  expect(membership).toMatchObject({ organizationName: "Second", role: { slug: "admin" } });
  const { data } = await userManagement.listOrganizationMemberships({ userId: user.id });
  expect(data).toHaveLength(2);

  const { sealedSession } = await userManagement.authenticateWithCode({
    code: await impersonationCode(server, user.email),
    session: { sealSession: true, cookiePassword: COOKIE_PASSWORD },
  });
  const session = userManagement.loadSealedSession({
    sessionData: sealedSession ?? "",
    cookiePassword: COOKIE_PASSWORD,
  });
  expect(await session.authenticate()).toMatchObject({ organizationId: undefined });
  const switched = await session.refresh({ organizationId: second.id });
  expect(switched).toMatchObject({ organizationId: second.id, role: "admin", roles: ["admin"] });
  expect(await session.refresh()).toMatchObject({ organizationId: second.id });
  expect(await session.refresh({ organizationId: first.id })).toMatchObject({ role: "member" });

  await server.latchkey(
    ...["organizations", "update", server.credentials.app_id, first.id],
    ...["--entitlements", "audit-log", "--feature-flags", "new-editor,beta"],
  );
  expect(await session.refresh()).toMatchObject({
    entitlements: ["audit-log"],
    featureFlags: ["new-editor", "beta"],
  });
  expect(await server.latchkey("organizations", "list", server.credentials.app_id)).toContain(
    "beta",
  );

  const outside = await organizations.createOrganization({ name: "Outside" });
  await expect(session.refresh({ organizationId: outside.id })).rejects.toMatchObject({
    status: 403,
    error: "access_denied",
  });
  await userManagement.deleteOrganizationMembership(
    data.find(({ organizationId }) => organizationId === first.id)?.id ?? "",
  );
  const after = await session.refresh();
  expect(after).toMatchObject({ authenticated: true, organizationId: undefined });
});

test("users: found, changed and deleted as the SDK does it", async () => {
  const { userManagement } = workos;
  const made = await userManagement.createUser({
    email: "grace@example.com",
    firstName: "Grace",
    externalId: "crm-7",
    metadata: { seats: "3" },
  });
  expect(await userManagement.getUserByExternalId("crm-7")).toEqual(made);
  const changed = await userManagement.updateUser({ userId: made.id, lastName: "Hopper" });
  expect(changed).toMatchObject({ name: "Grace Hopper", metadata: { seats: "3" } });
  const { data } = await userManagement.listUsers({ email: "grace@example.com" });
  expect(data).toEqual([changed]);
  await userManagement.deleteUser(made.id);
  await expect(userManagement.getUser(made.id)).rejects.toMatchObject({ status: 404 });
});
