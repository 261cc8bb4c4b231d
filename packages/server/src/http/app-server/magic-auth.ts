import type { MagicAuth } from "@latchkey/core/protocol/app-server";
import { createMagicAuth } from "@latchkey/core/protocol/app-server-requests";
import { Hono } from "hono";
import { newCuid, newServerUserId } from "../../apps/ids.ts";
import { codeOf, keepMailedCode } from "../../codes/mailed-codes.ts";
import { mailFor } from "../../mail/app-mail.ts";
import type { Services } from "../../services.ts";
import type { MailedCode, User } from "../../storage/store.ts";
import { requireAllowed } from "../../users/allowlist.ts";
import { isoTime } from "../../users/app-server-user.ts";
import type { RequestEnv } from "../context.ts";
import { readJson } from "../read-body.ts";
import { unknownEntity } from "./lists.ts";
import { backendRequester } from "./magic-auth-grant.ts";
import { conflict } from "./users.ts";

/** POST /user_management/magic_auth: a code for the app's server to hand on; mailed as well. */
export function magicAuthRoutes(services: Services): Hono<RequestEnv> {
  const routes = new Hono<RequestEnv>();
  const { store, codes, outbox } = services;

  routes.post("/user_management/magic_auth", async (context) => {
    const { app } = context.var.caller;
    const { email } = await readJson(context, createMagicAuth);
    await requireAllowed(store.apps, app, email);
    const user = await userOf(app.id, email);
    const code = await codes.issue(backendRequester(app), email);
    outbox.post(mailFor(app, "code", { to: email, values: { code } }));
    const of = { appId: app.id, userId: user.id, email, code };
    const kept = await keepMailedCode(services, { ...of, kind: "magic_auth" });
    return context.json(toWire(kept, user, code), 201);
  });

  routes.get("/user_management/magic_auth/:id", async (context) => {
    const { app } = context.var.caller;
    const kept = await store.mailedCodes.find(app.id, "magic_auth", context.req.param("id"));
    const user = kept && (await store.users.find(app.id, kept.userId));
    if (!kept || !user) throw unknownEntity("magic auth code");
    return context.json(toWire(kept, user, await codeOf(services, kept)));
  });

  /** The answer names the user, so that an unknown address begins one whose address is unproven. */
  async function userOf(appId: string, email: string): Promise<User> {
    const known = await store.users.findByAccount(appId, { type: "email", subject: email });
    if (known) return known;
    const created = await store.profiles.create(appId, {
      ids: { id: newCuid(), serverId: newServerUserId() },
      email,
      verified: false,
      profile: {},
      passwordHash: null,
    });
    if (created.kind === "created") return created.user;
    const other = await store.users.findByAccount(appId, { type: "email", subject: email });
    if (other) return other;
    throw conflict(created.kind);
  }

  return routes;
}

function toWire(kept: MailedCode, { serverId }: User, code: string): MagicAuth {
  return {
    object: "magic_auth",
    id: kept.id,
    user_id: serverId,
    email: kept.email,
    expires_at: isoTime(kept.expiresAt),
    code,
    created_at: isoTime(kept.createdAt),
    updated_at: isoTime(kept.createdAt),
  };
}
