/**
 * Signing out at the host: a top-level navigation that an app sends the browser on. What makes it
 * safe to follow a link here is the session id, which nobody else can guess.
 */
import { LatchkeyError } from "@latchkey/core/errors";
import { isReturnUrl } from "@latchkey/core/return-urls";
import { Hono } from "hono";
import type { App } from "../../apps/app-directory.ts";
import { answerWithPages } from "../../login/answer-with-pages.ts";
import { BINDING_COOKIE, deleteCookie } from "../../login/cookies.ts";
import { pageResponse } from "../../login/page-response.ts";
import { brandingOf } from "../../login/pages/branding.ts";
import { messagePage } from "../../login/pages/message-page.ts";
import { redirectTo } from "../../login/redirect-answer.ts";
import { currentSignIn, forgetSignIn } from "../../login/shared-sign-in.ts";
import type { Services } from "../../services.ts";
import { logout } from "../../sessions/logout.ts";
import type { Session } from "../../storage/store.ts";
import type { RequestContext, RequestEnv } from "../context.ts";

/** A session id as this server makes them: 128 random bits. */
const SESSION_ID = /^[A-Za-z0-9_-]{22}$/;

export function logoutRoutes(services: Services): Hono<RequestEnv> {
  const routes = new Hono<RequestEnv>();
  const { store, directory, settings } = services;

  routes.get("/user_management/sessions/logout", (context) =>
    answerWithPages(services, context, async (known) => {
      const prefetch = context.req.header("sec-purpose") ?? context.req.header("purpose") ?? "";
      if (context.req.method === "HEAD" || prefetch.includes("prefetch")) {
        throw new LatchkeyError(
          "not_a_navigation",
          503,
          "Signing out happens when the link is followed, not when it is looked at.",
        );
      }
      const session = await findSession(context.req.query("session_id") ?? "");
      const app = session && (await directory.find(session.appId));
      known.app = app;
      if (!session || !app) return signedOut(context, null, false);
      await logout(services, {
        appId: app.id,
        protocol: "app_server",
        refreshToken: null,
        provenSids: [session.id],
      });
      await endSignInOf(context, session);
      deleteCookie(context, BINDING_COOKIE, settings.secure);
      const asked = context.req.query("return_to") ?? null;
      const returnTo = asked ?? app.settings.logoutUris[0] ?? null;
      if (returnTo !== null && isReturnUrl(returnTo, app.settings.logoutUris)) {
        return redirectTo(context, new URL(returnTo).href, 302);
      }
      return signedOut(context, app, asked !== null);
    }),
  );

  /** Ended ones too, so that following the link again does the same again. */
  async function findSession(id: string): Promise<Session | null> {
    if (!SESSION_ID.test(id)) return null;
    const { session } = await store.sessions.read(id);
    return session?.protocol === "app_server" ? session : null;
  }

  /** The sign-in of this browser, when it is the session's person; somebody else's stays. */
  async function endSignInOf(context: RequestContext, session: Session): Promise<void> {
    const signIn = await currentSignIn(services, context);
    if (!signIn) return;
    const user =
      signIn.userId === session.userId
        ? null
        : await store.users.find(session.appId, session.userId);
    const isTheirs =
      signIn.userId === session.userId ||
      user?.accounts.some(
        ({ type, subject }) => type === signIn.account.type && subject === signIn.account.subject,
      );
    if (isTheirs) await forgetSignIn(services, context);
  }

  function signedOut(
    context: RequestContext,
    app: App | null,
    wasRefused: boolean,
  ): Promise<Response> {
    const page = messagePage({
      branding: app && brandingOf(app),
      title: "You are signed out",
      text: wasRefused
        ? "The app asked to go on to an address that is not on its list (logoutUris), so we stopped here. You can close this page."
        : "You can close this page.",
      ways: [],
      details: wasRefused
        ? { code: "return_to_not_registered", requestId: context.var.requestId }
        : null,
    });
    return pageResponse(context, page);
  }

  return routes;
}
