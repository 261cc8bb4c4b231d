import { LatchkeyError } from "@latchkey/core/errors";
import {
  createAppServerUser,
  pageQuery,
  revokeSession,
  updateAppServerUser,
  usersQuery,
} from "@latchkey/core/protocol/app-server-requests";
import { Hono } from "hono";
import type { App } from "../../apps/app-directory.ts";
import { newCuid, newServerUserId } from "../../apps/ids.ts";
import type { Services } from "../../services.ts";
import { toWireSession } from "../../sessions/app-server-answer.ts";
import type { User } from "../../storage/store.ts";
import { addressNotice } from "../../users/address-notice.ts";
import { emailAccount, toAppServerUser } from "../../users/app-server-user.ts";
import { hashPassword, offersPasswords } from "../../users/passwords.ts";
import { mergedMetadata, profileOf } from "../../users/profile-input.ts";
import type { RequestContext, RequestEnv } from "../context.ts";
import { readJson } from "../read-body.ts";
import { pageOf, readQuery, toList } from "./lists.ts";
import { noPasswords } from "./password-grant.ts";
import { requireStrongPassword } from "./password-strength.ts";

/** Users and their sessions, for the app's server. */
export function appServerUserRoutes(services: Services): Hono<RequestEnv> {
  const routes = new Hono<RequestEnv>();
  const { store } = services;

  routes.get("/user_management/users", async (context) => {
    const { app } = context.var.caller;
    const query = readQuery(context, usersQuery);
    const filter = { email: query.email ?? null, organizationId: query.organization_id ?? null };
    const page = await store.profiles.page(app.id, filter, pageOf(query));
    return context.json(toList(page, toAppServerUser));
  });

  routes.post("/user_management/users", async (context) => {
    const { app } = context.var.caller;
    const input = await readJson(context, createAppServerUser);
    const result = await store.profiles.create(app.id, {
      ids: { id: newCuid(), serverId: newServerUserId() },
      email: input.email,
      verified: input.email_verified ?? false,
      profile: { ...profileOf(input), metadata: input.metadata ?? {} },
      passwordHash: await hashOf(app, input.email, input.password),
    });
    if (result.kind !== "created") throw conflict(result.kind);
    return context.json(toAppServerUser(result.user), 201);
  });

  routes.get("/user_management/users/external_id/:external_id", async (context) => {
    const { app } = context.var.caller;
    const user = await store.profiles.findByExternalId(app.id, context.req.param("external_id"));
    if (!user || !emailAccount(user)) throw unknownUser();
    return context.json(toAppServerUser(user));
  });

  routes.get("/user_management/users/:id", async (context) =>
    context.json(toAppServerUser(await requireUser(services, context))),
  );

  routes.put("/user_management/users/:id", async (context) => {
    const { app } = context.var.caller;
    const input = await readJson(context, updateAppServerUser);
    const user = await requireUser(services, context);
    const before = emailAccount(user)?.subject ?? "";
    const email = input.email ?? before;
    const change = { address: before, replaced: true };
    const notice = email === before ? null : await addressNotice(store, app, user, change);
    const result = await store.profiles.update(app.id, user.id, {
      profile: {
        ...profileOf(input),
        ...(input.metadata && { metadata: mergedMetadata(user.profile.metadata, input.metadata) }),
      },
      email: input.email ?? null,
      verified: input.email_verified ?? null,
      passwordHash: await hashOf(app, email, input.password),
    });
    if (result.kind === "no_such_user") throw unknownUser();
    if (result.kind !== "updated") throw conflict(result.kind);
    if (notice) services.outbox.post(notice);
    return context.json(toAppServerUser(result.user));
  });

  routes.delete("/user_management/users/:id", async (context) => {
    const { app } = context.var.caller;
    const user = await requireUser(services, context);
    if (!(await store.users.delete(app.id, user.id))) throw unknownUser();
    return context.json({});
  });

  routes.get("/user_management/users/:id/sessions", async (context) => {
    const { app } = context.var.caller;
    const query = readQuery(context, pageQuery);
    const user = await requireUser(services, context);
    const page = await store.sessions.ofUser(app.id, user.id, pageOf(query));
    const now = await store.now();
    return context.json(toList(page, (session) => toWireSession(session, user, now)));
  });

  routes.post("/user_management/sessions/revoke", async (context) => {
    const { app } = context.var.caller;
    const { session_id } = await readJson(context, revokeSession);
    const { session } = await store.sessions.read(session_id);
    if (session?.appId !== app.id) {
      throw new LatchkeyError("entity_not_found", 404, "This app has no session with that id.");
    }
    await store.sessions.end(session_id, "revoked");
    return context.json({});
  });

  /** Null without a password. Throws `password_strength_error` for one that the hosted pages refuse. */
  async function hashOf(
    app: App,
    email: string,
    password: string | null | undefined,
  ): Promise<string | null> {
    if (password === null || password === undefined) return null;
    if (!offersPasswords(services, app)) throw noPasswords();
    requireStrongPassword(app, email, password);
    return hashPassword(services, password);
  }

  return routes;
}

/** Users without an e-mail address are the browser protocol's alone. */
export async function requireUser(
  { store }: Pick<Services, "store">,
  context: RequestContext,
): Promise<User> {
  const { app } = context.var.caller;
  const user = await store.profiles.findByServerId(app.id, context.req.param("id") ?? "");
  if (user && emailAccount(user)) return user;
  throw unknownUser();
}

export function unknownUser(by = "id"): LatchkeyError {
  return new LatchkeyError("entity_not_found", 404, `This app has no user with that ${by}.`);
}

export function conflict(kind: "email_taken" | "external_id_taken"): LatchkeyError {
  return kind === "email_taken"
    ? new LatchkeyError(
        "email_not_available",
        422,
        "Another user of this app has this e-mail address.",
      )
    : new LatchkeyError("external_id_already_used", 422, "Something else has this external_id.");
}
