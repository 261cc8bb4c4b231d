import type {
  AuthenticationAnswer,
  WireList,
  WireMembership,
  WireOrganization,
} from "@latchkey/core/protocol/app-server";
import { decodeJwt } from "@latchkey/core/tokens/jwt";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { openAppServer, type TestAppServer } from "../testing/app-server.ts";
import { openTestServer, type TestServer } from "../testing/test-server.ts";

const MEMBERSHIPS = "/user_management/organization_memberships";
const ROLES = [
  { slug: "member", name: "Member", permissions: ["posts:read"] },
  { slug: "editor", name: "Editor", permissions: ["posts:read", "posts:write"] },
  { slug: "guest", name: "Guest", permissions: [] },
];

let server: TestServer;
let backend: TestAppServer;
beforeAll(async () => {
  server = await openTestServer({ app: { roles: ROLES } });
  backend = openAppServer(server);
});
afterAll(() => server.close());

const payloadOf = (answer: AuthenticationAnswer) => decodeJwt(answer.access_token)?.payload ?? {};

async function newOrganization(name = "Example Ltd"): Promise<WireOrganization> {
  return (await backend.post("/organizations", { name })).as<WireOrganization>();
}

async function join(email: string, organizationId: string, roles: object = {}) {
  const user_id = (await backend.user(email)).serverId;
  const body = { user_id, organization_id: organizationId, ...roles };
  return (await backend.post(MEMBERSHIPS, body)).as<WireMembership>();
}

describe("a session in an organization", () => {
  test("carries its role, permissions, entitlements and feature flags, and remembers it", async () => {
    const { id } = await newOrganization();
    await join("ada@example.com", id, { role_slugs: ["editor", "member"] });
    await server.services.store.organizations.update(server.app.id, id, {
      entitlements: ["audit-log"],
      featureFlags: ["new-editor"],
    });
    const answer = await backend.signIn({ email: "ada@example.com", organizationId: id });
    expect(answer.organization_id).toBe(id);
    const claims = {
      org_id: id,
      role: "editor",
      roles: ["editor", "member"],
      permissions: ["posts:read", "posts:write"],
      entitlements: ["audit-log"],
      feature_flags: ["new-editor"],
    };
    expect(payloadOf(answer)).toMatchObject(claims);
    const natural = await backend.refresh(answer.refresh_token);
    expect(payloadOf(natural.as<AuthenticationAnswer>())).toMatchObject(claims);
  });

  test("is switched by naming another one at a refresh, and stays there", async () => {
    const [first, second] = [await newOrganization("First"), await newOrganization("Second")];
    const email = "grace@example.com";
    await join(email, first.id);
    await join(email, second.id, { role_slug: "guest" });
    const { refresh_token } = await backend.signIn({ email, organizationId: first.id });
    const switched = await backend.refresh(refresh_token, { organization_id: second.id });
    expect(switched.as<AuthenticationAnswer>().organization_id).toBe(second.id);
    const payload = payloadOf(switched.as<AuthenticationAnswer>());
    expect(payload).toMatchObject({ org_id: second.id, role: "guest" });
    // Nothing is claimed that is empty: it would only make the cookie larger.
    expect(Object.keys(payload)).not.toContain("permissions");
    const natural = await backend.refresh(refresh_token);
    expect(natural.as<AuthenticationAnswer>().organization_id).toBe(second.id);
  });

  test("is not switched to where the user does not belong, and loses nothing by trying", async () => {
    const [own, foreign] = [await newOrganization("Own"), await newOrganization("Foreign")];
    const other = openAppServer(server, await server.addApp());
    const theirs = (await other.post("/organizations", { name: "Theirs" })).as<WireOrganization>();
    const email = "mary@example.com";
    await join(email, own.id);
    const inactive = await newOrganization("Inactive");
    const membership = await join(email, inactive.id);
    await backend.call(`${MEMBERSHIPS}/${membership.id}/deactivate`, { method: "PUT", body: {} });
    const { refresh_token } = await backend.signIn({ email, organizationId: own.id });
    for (const organization_id of [foreign.id, theirs.id, inactive.id, "org_none"]) {
      const refused = await backend.refresh(refresh_token, { organization_id });
      expect([refused.status, refused.as<{ error: string }>().error]).toEqual([
        403,
        "access_denied",
      ]);
    }
    const after = await backend.refresh(refresh_token);
    expect(after.as<AuthenticationAnswer>().organization_id).toBe(own.id);
    // Not even the generation moved.
    expect(after.as<AuthenticationAnswer>().refresh_token).toBe(refresh_token);
  });

  test("goes on without it when the membership ends, also where clients name it at each refresh", async () => {
    const { id } = await newOrganization();
    const email = "hedy@example.com";
    const membership = await join(email, id);
    const { refresh_token } = await backend.signIn({ email, organizationId: id });
    await backend.call(`${MEMBERSHIPS}/${membership.id}`, { method: "DELETE" });
    for (const more of [{}, { organization_id: id }]) {
      const answer = await backend.refresh(refresh_token, more);
      expect(answer.status).toBe(200);
      expect(Object.keys(answer.as<AuthenticationAnswer>())).not.toContain("organization_id");
      expect(payloadOf(answer.as<AuthenticationAnswer>())).not.toHaveProperty("org_id");
    }
  });
});

describe("organizations", () => {
  test("are made, found, changed, listed and deleted", async () => {
    const made = await backend.post("/organizations", {
      name: "Analytical Engines",
      external_id: "crm-1",
      metadata: { tier: "gold", region: "eu" },
    });
    expect(made.status).toBe(201);
    const { id } = made.as<WireOrganization>();
    expect(id).toMatch(/^org_/);
    expect(Object.keys(made.as<object>()).sort()).toEqual(
      `allow_profiles_outside_organization created_at domains external_id id metadata name object
       updated_at`.split(/\s+/),
    );
    const changed = await backend.call(`/organizations/${id}`, {
      method: "PUT",
      body: { name: "Engines", metadata: { tier: null, plan: "year" } },
    });
    expect(changed.as<WireOrganization>()).toMatchObject({
      name: "Engines",
      external_id: "crm-1",
      metadata: { region: "eu", plan: "year" },
    });
    const found = await backend.call("/organizations/external_id/crm-1");
    expect(found.as<WireOrganization>().id).toBe(id);
    const taken = await backend.post("/organizations", { name: "Other", external_id: "crm-1" });
    expect([taken.status, taken.code]).toEqual([422, "external_id_already_used"]);
    const listed = await backend.call("/organizations?limit=1");
    expect(listed.as<WireList<WireOrganization>>().data).toHaveLength(1);
    const gone = await backend.call(`/organizations/${id}`, { method: "DELETE" });
    expect(gone.status).toBe(200);
    expect((await backend.call(`/organizations/${id}`)).code).toBe("entity_not_found");
  });

  test("of another app are not there", async () => {
    const other = openAppServer(server, await server.addApp());
    const { id } = await newOrganization();
    for (const method of ["GET", "PUT", "DELETE"]) {
      const answer = await other.call(`/organizations/${id}`, {
        method,
        ...(method === "PUT" && { body: { name: "Mine" } }),
      });
      expect([answer.status, answer.code]).toEqual([404, "entity_not_found"]);
    }
  });
});

describe("memberships", () => {
  test("begin with the first role, change it, rest and return", async () => {
    const { id } = await newOrganization();
    const made = await join("ada@example.com", id);
    expect(made).toMatchObject({
      object: "organization_membership",
      organization_name: "Example Ltd",
      role: { slug: "member" },
      status: "active",
    });
    const put = async (path: string, body = {}) =>
      (
        await backend.call(`${MEMBERSHIPS}/${made.id}${path}`, { method: "PUT", body })
      ).as<WireMembership>();
    expect((await put("", { role_slug: "editor" })).role).toEqual({ slug: "editor" });
    expect((await put("/deactivate")).status).toBe("inactive");
    expect((await put("/reactivate")).status).toBe("active");
  });

  test("are listed by user, by organization and by status", async () => {
    const [first, second] = [await newOrganization(), await newOrganization()];
    const email = "joan@example.com";
    const membership = await join(email, first.id);
    await join(email, second.id);
    await join("ruth@example.com", first.id);
    await backend.call(`${MEMBERSHIPS}/${membership.id}/deactivate`, { method: "PUT", body: {} });
    const user_id = (await backend.user(email)).serverId;
    const count = async (query: Record<string, string>) =>
      (await backend.call(`${MEMBERSHIPS}?${new URLSearchParams(query)}`)).as<
        WireList<WireMembership>
      >().data.length;
    expect(await count({ user_id })).toBe(2);
    expect(await count({ organization_id: first.id })).toBe(2);
    expect(await count({ user_id, statuses: "active" })).toBe(1);
    expect(await count({ user_id, organization_id: first.id, statuses: "active" })).toBe(0);
    expect(await count({ user_id, statuses: "pending" })).toBe(0);
    expect((await backend.call(MEMBERSHIPS)).code).toBe("invalid_request_parameters");
  });

  test("name unknown roles, users, organizations and repeats", async () => {
    const { id } = await newOrganization();
    const { user_id } = await join("ada@example.com", id);
    const cases: readonly [object, number, string][] = [
      [{ user_id, organization_id: id }, 422, "organization_membership_already_exists"],
      [{ user_id: "user_none", organization_id: id }, 404, "entity_not_found"],
      [{ user_id, organization_id: "org_none" }, 404, "entity_not_found"],
      [{ user_id, organization_id: id, role_slug: "king" }, 422, "role_not_found"],
    ];
    for (const [body, status, code] of cases) {
      const answer = await backend.post(MEMBERSHIPS, body);
      expect([answer.status, answer.code]).toEqual([status, code]);
      expect(Object.keys(answer.as<object>()).sort()).toEqual(["code", "message"]);
    }
  });
});
