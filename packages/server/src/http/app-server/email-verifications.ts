import type { EmailVerification } from "@latchkey/core/protocol/app-server";
import { confirmEmailVerification } from "@latchkey/core/protocol/app-server-requests";
import { Hono } from "hono";
import { codeOf } from "../../codes/mailed-codes.ts";
import type { Services } from "../../services.ts";
import { emailAccount, isoTime, toAppServerUser } from "../../users/app-server-user.ts";
import { checkEmailVerification, mailEmailVerification } from "../../users/email-verifications.ts";
import type { RequestEnv } from "../context.ts";
import { readJson } from "../read-body.ts";
import { unknownEntity } from "./lists.ts";
import { wrongCode } from "./magic-auth-grant.ts";
import { requireUser, unknownUser } from "./users.ts";

/** Proving a user's address by a mailed code, asked for and confirmed by the app's server. */
export function emailVerificationRoutes(services: Services): Hono<RequestEnv> {
  const routes = new Hono<RequestEnv>();
  const { store } = services;

  routes.get("/user_management/email_verification/:id", async (context) => {
    const { app } = context.var.caller;
    const kept = await store.mailedCodes.find(
      app.id,
      "email_verification",
      context.req.param("id"),
    );
    const user = kept && (await store.users.find(app.id, kept.userId));
    if (!kept || !user) throw unknownEntity("email verification");
    const answer: EmailVerification = {
      object: "email_verification",
      id: kept.id,
      user_id: user.serverId,
      email: kept.email,
      expires_at: isoTime(kept.expiresAt),
      code: await codeOf(services, kept),
      created_at: isoTime(kept.createdAt),
      updated_at: isoTime(kept.createdAt),
    };
    return context.json(answer);
  });

  routes.post("/user_management/users/:id/email_verification/send", async (context) => {
    const { app } = context.var.caller;
    const user = await requireUser(services, context);
    await mailEmailVerification(services, app, user, emailAccount(user)?.subject ?? "");
    return context.json({ user: toAppServerUser(user) });
  });

  // The app's server vouches for who typed the code, so that a password stays in force.
  routes.post("/user_management/users/:id/email_verification/confirm", async (context) => {
    const { app } = context.var.caller;
    const { code } = await readJson(context, confirmEmailVerification);
    const { id } = await requireUser(services, context);
    const user = await store.users.find(app.id, id);
    const email = user && emailAccount(user)?.subject;
    if (!email) throw unknownUser();
    const codeId = await checkEmailVerification(services, app, { userId: id, email, code });
    const proven =
      codeId && (await store.profiles.verifyEmail({ appId: app.id, id, email, codeId }));
    if (!proven) throw wrongCode();
    return context.json({ user: toAppServerUser(proven) });
  });

  return routes;
}
