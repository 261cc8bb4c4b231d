import type {
  FlagPoll,
  WireFeatureFlag,
  WireList,
  WireOrganization,
  WireRole,
} from "@latchkey/core/protocol/app-server";
import { afterAll, beforeAll, expect, test } from "vitest";
import { openAppServer, type TestAppServer } from "../testing/app-server.ts";
import { openTestServer, type TestServer } from "../testing/test-server.ts";

let server: TestServer;
let backend: TestAppServer;
let id: string;
beforeAll(async () => {
  const roles = [
    { slug: "member", name: "Member", permissions: [] },
    { slug: "editor", name: "Editor", permissions: ["posts:write"] },
  ];
  server = await openTestServer({ app: { roles } });
  backend = openAppServer(server);
  id = (await backend.post("/organizations", { name: "Engines" })).as<WireOrganization>().id;
  const featureFlags = ["beta", "audit", "dark", "cards", "editor"];
  await server.services.store.organizations.update(server.app.id, id, { featureFlags });
});
afterAll(() => server.close());

test("the app's roles are an organization's, in their order", async () => {
  const answer = await backend.call(`/authorization/organizations/${id}/roles`);
  const { object, data } = answer.as<{ object: string; data: WireRole[] }>();
  expect(object).toBe("list");
  expect(data.map(({ slug }) => slug)).toEqual(["member", "editor"]);
  expect(data[1]).toEqual({
    object: "role",
    id: "role_editor",
    name: "Editor",
    slug: "editor",
    description: null,
    permissions: ["posts:write"],
    resource_type_slug: "organization",
    type: "EnvironmentRole",
    created_at: expect.any(String),
    updated_at: expect.any(String),
  });
});

test("feature flags are listed by pages, forwards and backwards", async () => {
  const page = async (query: string) => {
    const answer = await backend.call(`/organizations/${id}/feature-flags?${query}`);
    const { data, list_metadata } = answer.as<WireList<WireFeatureFlag>>();
    return { slugs: data.map(({ slug }) => slug), ...list_metadata };
  };
  expect(await page("limit=2&order=asc")).toEqual({
    slugs: ["audit", "beta"],
    before: null,
    after: "flag_beta",
  });
  expect(await page("limit=2&order=asc&after=flag_beta")).toEqual({
    slugs: ["cards", "dark"],
    before: "flag_cards",
    after: "flag_dark",
  });
  expect(await page("limit=2&order=asc&before=flag_cards")).toEqual({
    slugs: ["audit", "beta"],
    before: null,
    after: "flag_beta",
  });
  expect((await page("order=desc")).slugs).toEqual(["editor", "dark", "cards", "beta", "audit"]);
});

test("the SDK's background polls are answered: every flag with who has it, and that no key is good", async () => {
  const second = await backend.post("/organizations", { name: "Second" });
  const other = second.as<WireOrganization>().id;
  await server.services.store.organizations.update(server.app.id, other, {
    featureFlags: ["beta", "constructor"],
  });
  const flags = (await backend.call("/sdk/feature-flags")).as<FlagPoll>();
  expect(Object.keys(flags).sort()).toEqual([
    "audit",
    "beta",
    "cards",
    "constructor",
    "dark",
    "editor",
  ]);
  expect(flags.beta).toEqual({
    slug: "beta",
    enabled: true,
    default_value: false,
    targets: {
      users: [],
      organizations: [id, other].sort().map((each) => ({ id: each, enabled: true })),
    },
  });
  const key = await backend.post("/api_keys/validations", { value: server.apiKey });
  expect(key.as<object>()).toEqual({ api_key: null });
});

test("another app's organization has none of it", async () => {
  const other = openAppServer(server, await server.addApp());
  for (const path of [
    `/authorization/organizations/${id}/roles`,
    `/organizations/${id}/feature-flags`,
  ]) {
    const answer = await other.call(path);
    expect([answer.status, answer.code]).toEqual([404, "entity_not_found"]);
  }
});
