import type { WireFeatureFlag, WireRole } from "@latchkey/core/protocol/app-server";
import { pageQuery } from "@latchkey/core/protocol/app-server-requests";
import { Hono } from "hono";
import type { App } from "../../apps/app-directory.ts";
import type { Services } from "../../services.ts";
import type { Organization, Page, PageRequest } from "../../storage/store.ts";
import { isoTime } from "../../users/app-server-user.ts";
import type { RequestEnv } from "../context.ts";
import { pageOf, readQuery, toList } from "./lists.ts";
import { requireOrganization } from "./organizations.ts";

/** What an organization's tokens may claim: the app's roles, and the flags that are on for it. */
export function organizationListRoutes(services: Services): Hono<RequestEnv> {
  const routes = new Hono<RequestEnv>();

  routes.get("/authorization/organizations/:id/roles", async (context) => {
    await requireOrganization(services, context);
    const { app } = context.var.caller;
    return context.json({
      object: "list",
      data: app.settings.roles.map((role) => toRole(app, role)),
    });
  });

  routes.get("/organizations/:id/feature-flags", async (context) => {
    const organization = await requireOrganization(services, context);
    const flags = [...organization.featureFlags].sort().map((slug) => toFlag(organization, slug));
    const page = pageOf(readQuery(context, pageQuery));
    return context.json(toList(pageOfAll(flags, page), (flag) => flag));
  });

  return routes;
}

/** The app's roles are settings, which have no times of their own. */
function toRole(app: App, { slug, name, permissions }: App["settings"]["roles"][number]): WireRole {
  return {
    object: "role",
    id: `role_${slug}`,
    name,
    slug,
    description: null,
    permissions: [...permissions],
    resource_type_slug: "organization",
    type: "EnvironmentRole",
    created_at: isoTime(app.createdAt),
    updated_at: isoTime(app.updatedAt),
  };
}

function toFlag({ createdAt, updatedAt }: Organization, slug: string): WireFeatureFlag {
  return {
    object: "feature_flag",
    id: `flag_${slug}`,
    name: slug,
    slug,
    description: "",
    tags: [],
    enabled: true,
    default_value: false,
    created_at: isoTime(createdAt),
    updated_at: isoTime(updatedAt),
  };
}

/** A page of a list that is at hand as a whole, sorted ascending. */
function pageOfAll<T extends { id: string }>(
  all: readonly T[],
  { before, after, limit, order }: PageRequest,
): Page<T> {
  const sorted = order === "asc" ? [...all] : [...all].reverse();
  const at = (id: string) => sorted.findIndex((each) => each.id === id);
  const end = before === null ? sorted.length : Math.max(0, at(before));
  const start = after !== null ? at(after) + 1 : before === null ? 0 : Math.max(0, end - limit);
  const items = sorted.slice(start, Math.min(end, start + limit));
  return { items, hasBefore: start > 0, hasAfter: start + items.length < sorted.length };
}
