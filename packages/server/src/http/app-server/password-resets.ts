import type { PasswordReset as WirePasswordReset } from "@latchkey/core/protocol/app-server";
import {
  confirmPasswordReset,
  createPasswordReset,
} from "@latchkey/core/protocol/app-server-requests";
import { Hono } from "hono";
import type { App } from "../../apps/app-directory.ts";
import type { Services } from "../../services.ts";
import type { PasswordReset } from "../../storage/store.ts";
import { isoTime, toAppServerUser } from "../../users/app-server-user.ts";
import {
  findPasswordReset,
  invalidReset,
  passwordResetUrl,
  redeemPasswordReset,
  resetTokenOf,
  sendPasswordReset,
} from "../../users/password-resets.ts";
import { offersPasswords } from "../../users/passwords.ts";
import type { RequestEnv } from "../context.ts";
import { readJson } from "../read-body.ts";
import { unknownEntity } from "./lists.ts";
import { noPasswords } from "./password-grant.ts";
import { requireStrongPassword } from "./password-strength.ts";
import { unknownUser } from "./users.ts";

const PATH = "/user_management/password_reset";

/** New passwords by a mailed link, asked for and confirmed by the app's server. */
export function passwordResetRoutes(services: Services): Hono<RequestEnv> {
  const routes = new Hono<RequestEnv>();
  const { store } = services;

  routes.post(PATH, async (context) => {
    const { app } = context.var.caller;
    requireOffered(app);
    const { email } = await readJson(context, createPasswordReset);
    const user = await store.users.findByAccount(app.id, { type: "email", subject: email });
    if (!user) throw unknownUser("e-mail address");
    const { reset, token } = await sendPasswordReset(services, app, user, email);
    return context.json(toWire(reset, user.serverId, token), 201);
  });

  // Before the one with an id, which it would be taken for.
  routes.post(`${PATH}/confirm`, async (context) => {
    const { app } = context.var.caller;
    requireOffered(app);
    const { token, new_password: password } = await readJson(context, confirmPasswordReset);
    const reset = await findPasswordReset(services, token);
    if (reset?.appId !== app.id) throw invalidReset();
    requireStrongPassword(app, reset.email, password);
    const user = await redeemPasswordReset(services, app, reset, password);
    return context.json({ user: toAppServerUser(user) });
  });

  routes.get(`${PATH}/:id`, async (context) => {
    const { app } = context.var.caller;
    const reset = await store.passwordResets.find(app.id, context.req.param("id"));
    const user = reset && (await store.users.find(app.id, reset.userId));
    if (!reset || !user) throw unknownEntity("password reset");
    return context.json(toWire(reset, user.serverId, await resetTokenOf(services, reset)));
  });

  function requireOffered(app: App): void {
    if (!offersPasswords(services, app)) throw noPasswords();
  }

  function toWire(reset: PasswordReset, user_id: string, token: string): WirePasswordReset {
    return {
      object: "password_reset",
      id: reset.id,
      user_id,
      email: reset.email,
      password_reset_token: token,
      password_reset_url: passwordResetUrl(services, token),
      expires_at: isoTime(reset.expiresAt),
      created_at: isoTime(reset.createdAt),
    };
  }

  return routes;
}
