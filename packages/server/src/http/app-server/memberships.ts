import { LatchkeyError } from "@latchkey/core/errors";
import {
  createMembership,
  membershipsQuery,
  updateMembership,
} from "@latchkey/core/protocol/app-server-requests";
import { Hono } from "hono";
import type { App } from "../../apps/app-directory.ts";
import { newMembershipId } from "../../apps/ids.ts";
import { toWireMembership } from "../../organizations/wire-organization.ts";
import type { Services } from "../../services.ts";
import type { Membership } from "../../storage/store.ts";
import type { RequestContext, RequestEnv } from "../context.ts";
import { invalidData } from "../parse-json.ts";
import { readJson } from "../read-body.ts";
import { pageOf, readQuery, toList } from "./lists.ts";
import { unknownOrganization } from "./organizations.ts";
import { unknownUser } from "./users.ts";

const PATH = "/user_management/organization_memberships";

export function membershipRoutes({ store }: Services): Hono<RequestEnv> {
  const routes = new Hono<RequestEnv>();
  const { organizations, profiles } = store;

  routes.get(PATH, async (context) => {
    const { app } = context.var.caller;
    const query = readQuery(context, membershipsQuery);
    if (query.user_id === undefined && query.organization_id === undefined) {
      throw invalidData("Send user_id, organization_id or both.");
    }
    const user = query.user_id ? await profiles.findByServerId(app.id, query.user_id) : null;
    if (query.user_id !== undefined && !user) throw unknownUser();
    const statuses = STATUSES.filter((status) => query.statuses.includes(status));
    if (statuses.length === 0) {
      return context.json(
        toList({ items: [], hasBefore: false, hasAfter: false }, toWireMembership),
      );
    }
    const page = await organizations.memberships(
      app.id,
      { userId: user?.id ?? null, organizationId: query.organization_id ?? null, statuses },
      pageOf(query),
    );
    return context.json(toList(page, toWireMembership));
  });

  routes.post(PATH, async (context) => {
    const { app } = context.var.caller;
    const input = await readJson(context, createMembership);
    const user = await profiles.findByServerId(app.id, input.user_id);
    if (!user) throw unknownUser();
    const result = await organizations.addMember({
      id: newMembershipId(),
      appId: app.id,
      organizationId: input.organization_id,
      userId: user.id,
      roles: rolesOf(app, input) ?? [defaultRole(app)],
    });
    if (result.kind !== "added") throw notAdded(result.kind);
    return context.json(toWireMembership(result.membership), 201);
  });

  routes.get(`${PATH}/:id`, async (context) =>
    context.json(toWireMembership(await requireMembership(context))),
  );

  routes.put(`${PATH}/:id`, async (context) => {
    const { app } = context.var.caller;
    const roles = rolesOf(app, await readJson(context, updateMembership));
    return change(context, roles ? { roles } : {});
  });

  routes.put(`${PATH}/:id/deactivate`, (context) => change(context, { status: "inactive" }));
  routes.put(`${PATH}/:id/reactivate`, (context) => change(context, { status: "active" }));

  routes.delete(`${PATH}/:id`, async (context) => {
    const { id } = await requireMembership(context);
    await organizations.removeMembership(context.var.caller.app.id, id);
    return context.json({});
  });

  async function change(
    context: RequestContext,
    to: { roles?: readonly string[]; status?: Membership["status"] },
  ) {
    const { id } = await requireMembership(context);
    const changed = await organizations.changeMembership(context.var.caller.app.id, id, to);
    if (!changed) throw unknownMembership();
    return context.json(toWireMembership(changed));
  }

  async function requireMembership(context: RequestContext): Promise<Membership> {
    const { app } = context.var.caller;
    const found = await organizations.findMembership(app.id, context.req.param("id") ?? "");
    if (found) return found;
    throw unknownMembership();
  }

  return routes;
}

const STATUSES = ["active", "inactive"] as const;

const defaultRole = (app: App): string => app.settings.roles[0]?.slug ?? "member";

/** Null when the request names none. Throws for a role that the app's settings do not have. */
export function rolesOf(
  app: App,
  input: { role_slug?: string | null | undefined; role_slugs?: string[] | null | undefined },
): string[] | null {
  const named = input.role_slugs ?? (input.role_slug ? [input.role_slug] : []);
  if (named.length === 0) return null;
  const known = app.settings.roles.map(({ slug }) => slug);
  const unknown = named.find((slug) => !known.includes(slug));
  if (unknown === undefined) return [...new Set(named)];
  throw new LatchkeyError(
    "role_not_found",
    422,
    `This app has no role "${unknown}"; it has ${known.join(", ")}. Set them with latchkey apps update --set roles=[…].`,
  );
}

function notAdded(kind: "already_member" | "no_such_organization" | "no_such_user"): LatchkeyError {
  if (kind === "no_such_organization") return unknownOrganization();
  if (kind === "no_such_user") return unknownUser();
  return new LatchkeyError(
    "organization_membership_already_exists",
    422,
    "The user is a member of this organization already.",
  );
}

function unknownMembership(): LatchkeyError {
  return new LatchkeyError(
    "entity_not_found",
    404,
    "This app has no organization membership with that id.",
  );
}
