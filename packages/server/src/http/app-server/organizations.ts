import { LatchkeyError } from "@latchkey/core/errors";
import {
  createOrganization,
  pageQuery,
  updateOrganization,
} from "@latchkey/core/protocol/app-server-requests";
import { Hono } from "hono";
import { newOrganizationId } from "../../apps/ids.ts";
import { toWireOrganization } from "../../organizations/wire-organization.ts";
import type { Services } from "../../services.ts";
import type { Organization } from "../../storage/store.ts";
import { mergedMetadata } from "../../users/profile-input.ts";
import type { RequestContext, RequestEnv } from "../context.ts";
import { readJson } from "../read-body.ts";
import { pageOf, readQuery, toList } from "./lists.ts";
import { conflict } from "./users.ts";

export function organizationRoutes(services: Services): Hono<RequestEnv> {
  const routes = new Hono<RequestEnv>();
  const { organizations } = services.store;

  routes.get("/organizations", async (context) => {
    const query = readQuery(context, pageQuery);
    const page = await organizations.page(context.var.caller.app.id, pageOf(query));
    return context.json(toList(page, toWireOrganization));
  });

  routes.post("/organizations", async (context) => {
    const input = await readJson(context, createOrganization);
    const result = await organizations.create({
      id: newOrganizationId(),
      appId: context.var.caller.app.id,
      name: input.name,
      externalId: input.external_id,
      metadata: input.metadata ?? {},
    });
    if (result.kind !== "created") throw conflict(result.kind);
    return context.json(toWireOrganization(result.organization), 201);
  });

  routes.get("/organizations/external_id/:external_id", async (context) => {
    const { app } = context.var.caller;
    const found = await organizations.findByExternalId(app.id, context.req.param("external_id"));
    if (!found) throw unknownOrganization();
    return context.json(toWireOrganization(found));
  });

  routes.get("/organizations/:id", async (context) =>
    context.json(toWireOrganization(await requireOrganization(services, context))),
  );

  routes.put("/organizations/:id", async (context) => {
    const input = await readJson(context, updateOrganization);
    const { appId, id, metadata } = await requireOrganization(services, context);
    const result = await organizations.update(appId, id, {
      name: input.name ?? undefined,
      externalId: input.external_id,
      metadata: input.metadata ? mergedMetadata(metadata, input.metadata) : undefined,
    });
    if (result.kind === "no_such_organization") throw unknownOrganization();
    if (result.kind !== "updated") throw conflict(result.kind);
    return context.json(toWireOrganization(result.organization));
  });

  routes.delete("/organizations/:id", async (context) => {
    const { appId, id } = await requireOrganization(services, context);
    await organizations.delete(appId, id);
    return context.json({});
  });

  return routes;
}

export async function requireOrganization(
  { store }: Pick<Services, "store">,
  context: RequestContext,
): Promise<Organization> {
  const { app } = context.var.caller;
  const found = await store.organizations.find(app.id, context.req.param("id") ?? "");
  if (found) return found;
  throw unknownOrganization();
}

export function unknownOrganization(): LatchkeyError {
  return new LatchkeyError("entity_not_found", 404, "This app has no organization with that id.");
}
