import { getRequestListener } from "@hono/node-server";
import {
  honoSession,
  type SessionManager,
  type SessionResult,
  withSessionHeaders,
} from "@latchkey/backend/sealed";
import { Hono } from "hono";
import { type Listener, OWN_COOKIE, PUBLIC } from "./site.ts";

export function honoSite(sessions: SessionManager): Listener {
  const app = new Hono<{ Variables: { auth: SessionResult } }>();
  app.use(async (context, next) => {
    await next();
    context.header("set-cookie", OWN_COOKIE, { append: true });
  });
  app.get("/callback", (context) => sessions.handleCallback(context.req.raw));
  app.post("/sign-out", (context) => sessions.signOut(context.req.raw, { returnTo: "/bye" }));
  app.use("/notes", honoSession(sessions));
  app.get("/notes", async (context) => {
    for (const [name, value] of Object.entries(PUBLIC)) context.header(name, value);
    const auth = context.get("auth");
    if (auth.status === "signed_in") return context.text(auth.user.email);
    const returnTo = context.req.url;
    const started = await sessions.startSignIn(context.req.raw, { returnTo });
    return withSessionHeaders(context.redirect(started.url), started.headers);
  });
  return { listener: getRequestListener(app.fetch) };
}
