/**
 * Where an app sends a browser to sign in (RFC 6749 section 4.1.1): answered at once where somebody
 * is signed in already, else by way of the hosted pages.
 */
import { LatchkeyError } from "@latchkey/core/errors";
import { Hono } from "hono";
import type { App } from "../../apps/app-directory.ts";
import { answerWithPages } from "../../login/answer-with-pages.ts";
import { type AuthorizeRequest, readAuthorizeRequest } from "../../login/authorize-request.ts";
import { redirectWithCode } from "../../login/complete-login.ts";
import { BINDING_COOKIE, newCookieValue, readCookie, setCookie } from "../../login/cookies.ts";
import { bindingHash } from "../../login/login-request.ts";
import { loginUrl } from "../../login/open-login.ts";
import { answerUrl, redirectTo } from "../../login/redirect-answer.ts";
import { currentSignIn, mayReuse } from "../../login/shared-sign-in.ts";
import type { Services } from "../../services.ts";
import { provenUser } from "../../users/proven-user.ts";
import type { RequestContext, RequestEnv } from "../context.ts";

export function authorizeRoutes(services: Services): Hono<RequestEnv> {
  const routes = new Hono<RequestEnv>();
  const { directory, settings, master } = services;

  routes.get("/user_management/authorize", (context) =>
    answerWithPages(services, context, async (known) => {
      const { search } = new URL(context.req.url);
      const read = await readAuthorizeRequest(search, (id) => directory.findByClientId(id));
      if (read.kind === "untrusted") {
        known.app = read.app;
        throw new LatchkeyError(read.code, 400, read.message);
      }
      if (read.kind === "reported") {
        const { error, description, target } = read;
        return redirectTo(
          context,
          answerUrl(target, { error, error_description: description }),
          302,
        );
      }
      const { app, request } = read;
      known.app = app;
      known.redirectUri = request.redirectUri;
      const silent = await answerSilently(context, app, request);
      if (silent) return silent;
      if (request.prompt.includes("none")) {
        const answer = {
          error: "login_required",
          error_description: "Nobody is signed in here in the way that the request asks for.",
        };
        return redirectTo(context, answerUrl(request, answer), 302);
      }
      // One value per browser, so that sign-ins in several tabs do not undo each other.
      const cookie = readCookie(context, BINDING_COOKIE, settings.secure) ?? newCookieValue();
      setCookie(context, BINDING_COOKIE, settings.secure, cookie);
      const next = await loginUrl(services, {
        ...request,
        binding: await bindingHash(master, cookie),
        startedAt: services.now(),
        email: null,
        codesSent: 0,
        newPasswordHash: null,
      });
      return redirectTo(context, next, 302);
    }),
  );

  /** Null when the person has to be asked. */
  async function answerSilently(
    context: RequestContext,
    app: App,
    request: AuthorizeRequest,
  ): Promise<Response | null> {
    const signIn = await currentSignIn(services, context);
    if (!signIn || !mayReuse(app, signIn, request, await services.store.now())) return null;
    try {
      const { account, authenticatedAt } = signIn;
      const { user } = await provenUser(services, {
        app,
        account,
        allowSignUp: true,
        codeId: null,
      });
      // Whoever ended this person's sessions meant them to prove themselves again.
      if (await services.store.signIns.wasThrownOut(user.id, authenticatedAt)) return null;
      const method = signIn.authMethod === "password" ? "password" : "email";
      const completed = { app, request, userId: user.id, method, authenticatedAt } as const;
      return await redirectWithCode(services, context, completed, 302);
    } catch (error) {
      // Refused here: the page may be used with another address, and says why with this one.
      if (error instanceof LatchkeyError && error.status < 500) return null;
      throw error;
    }
  }

  return routes;
}
