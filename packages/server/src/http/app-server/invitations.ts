import { LatchkeyError } from "@latchkey/core/errors";
import type { WireInvitation } from "@latchkey/core/protocol/app-server";
import { invitationsQuery, sendInvitation } from "@latchkey/core/protocol/app-server-requests";
import { Hono } from "hono";
import type { App } from "../../apps/app-directory.ts";
import {
  acceptInvitation,
  findByToken,
  invalidInvitation,
  invitationUrl,
  resendInvitation,
  sendInvitation as send,
  stateOf,
  tokenOf,
} from "../../organizations/invitations.ts";
import type { Services } from "../../services.ts";
import type { Invitation } from "../../storage/store.ts";
import { isoTime } from "../../users/app-server-user.ts";
import type { RequestContext, RequestEnv } from "../context.ts";
import { readJson } from "../read-body.ts";
import { pageOf, readQuery, toList, unknownEntity } from "./lists.ts";
import { rolesOf } from "./memberships.ts";
import { unknownOrganization } from "./organizations.ts";
import { unknownUser } from "./users.ts";

const PATH = "/user_management/invitations";

export function invitationRoutes(services: Services): Hono<RequestEnv> {
  const routes = new Hono<RequestEnv>();
  const { store } = services;

  routes.get(PATH, async (context) => {
    const { app } = context.var.caller;
    const query = readQuery(context, invitationsQuery);
    const filter = { email: query.email ?? null, organizationId: query.organization_id ?? null };
    const page = await store.invitations.page(app.id, filter, pageOf(query));
    const wire = new Map<Invitation, WireInvitation>();
    for (const each of page.items) wire.set(each, await toWire(each));
    return context.json(toList(page, (each) => wire.get(each) as WireInvitation));
  });

  routes.post(PATH, async (context) => {
    const { app } = context.var.caller;
    const input = await readJson(context, sendInvitation);
    const organizationId = input.organization_id ?? null;
    const [role = null] = rolesOf(app, { role_slug: input.role_slug }) ?? [];
    const inviterUserId = input.inviter_user_id ?? null;
    if (inviterUserId !== null && !(await store.profiles.findByServerId(app.id, inviterUserId))) {
      throw unknownUser();
    }
    if (organizationId !== null) await requireNoMember(app, input.email, organizationId);
    const result = await send(services, {
      app,
      email: input.email,
      organizationId,
      role: organizationId === null ? null : (role ?? app.settings.roles[0]?.slug ?? null),
      inviterUserId,
      expiresInDays: input.expires_in_days ?? null,
    });
    if (result.kind !== "created") throw notSent(result.kind);
    return context.json(await toWire(result.invitation), 201);
  });

  routes.get(`${PATH}/by_token/:token`, async (context) => {
    const found = await findByToken(services, context.req.param("token"));
    if (found?.appId !== context.var.caller.app.id) throw unknownEntity("invitation");
    return context.json(await toWire(found));
  });

  routes.get(`${PATH}/:id`, async (context) => context.json(await toWire(await find(context))));

  // For the user who has the address: the app's server vouches for who accepts.
  routes.post(`${PATH}/:id/accept`, async (context) => {
    const { app } = context.var.caller;
    const invitation = await find(context);
    const account = { type: "email", subject: invitation.email };
    const user = await store.users.findByAccount(app.id, account);
    if (!user) throw unknownUser("e-mail address");
    return context.json(await toWire(await acceptInvitation(services, app, invitation, user)));
  });

  routes.post(`${PATH}/:id/revoke`, async (context) => {
    const { app } = context.var.caller;
    const { id } = await find(context);
    const revoked = await store.invitations.revoke(app.id, id);
    if (!revoked) throw invalidInvitation();
    return context.json(await toWire(revoked));
  });

  routes.post(`${PATH}/:id/resend`, async (context) => {
    const { app } = context.var.caller;
    const { id } = await find(context);
    const sent = await resendInvitation(services, app, id);
    if (!sent) throw invalidInvitation();
    return context.json(await toWire(sent));
  });

  async function find(context: RequestContext): Promise<Invitation> {
    const { app } = context.var.caller;
    const found = await store.invitations.find(app.id, context.req.param("id") ?? "");
    if (found) return found;
    throw unknownEntity("invitation");
  }

  async function requireNoMember(app: App, email: string, organizationId: string): Promise<void> {
    const user = await store.users.findByAccount(app.id, { type: "email", subject: email });
    const membership =
      user && (await store.organizations.membershipOf(app.id, user.id, organizationId));
    if (membership?.status !== "active") return;
    throw new LatchkeyError(
      "user_already_organization_member",
      400,
      "The user of this address is a member of the organization already.",
    );
  }

  async function toWire(invitation: Invitation): Promise<WireInvitation> {
    const { acceptedAt, revokedAt } = invitation;
    const token = await tokenOf(services, invitation);
    return {
      object: "invitation",
      id: invitation.id,
      email: invitation.email,
      state: stateOf(invitation, await store.now()),
      accepted_at: acceptedAt === null ? null : isoTime(acceptedAt),
      revoked_at: revokedAt === null ? null : isoTime(revokedAt),
      expires_at: isoTime(invitation.expiresAt),
      organization_id: invitation.organizationId,
      inviter_user_id: invitation.inviterUserId,
      accepted_user_id: invitation.acceptedUserId,
      role_slug: invitation.role,
      token,
      accept_invitation_url: invitationUrl(services, token),
      created_at: isoTime(invitation.createdAt),
      updated_at: isoTime(invitation.updatedAt),
    };
  }

  return routes;
}

function notSent(kind: "already_invited" | "no_such_organization"): LatchkeyError {
  if (kind === "no_such_organization") return unknownOrganization();
  return new LatchkeyError(
    "email_already_invited",
    400,
    "An invitation for this address is pending. Resend or revoke that one.",
  );
}
