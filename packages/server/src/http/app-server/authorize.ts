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
import { loginLimits } from "../../login/login-limits.ts";
import { beginLogin, newLogin } from "../../login/open-login.ts";
import { answerUrl, redirectTo } from "../../login/redirect-answer.ts";
import { providerUrl } from "../../login/send-to-provider.ts";
import { signedInHere } from "../../login/silent-sign-in.ts";
import { requireInvitation } from "../../organizations/invitations.ts";
import type { Services } from "../../services.ts";
import type { IdentityProvider } from "../../storage/store.ts";
import type { RequestContext, RequestEnv } from "../context.ts";

export function authorizeRoutes(services: Services): Hono<RequestEnv> {
  const routes = new Hono<RequestEnv>();
  const { directory, providers } = services;
  const limits = loginLimits(services);

  routes.get("/user_management/authorize", (context) =>
    answerWithPages(services, context, async (known) => {
      const { search } = new URL(context.req.url);
      const read = await readAuthorizeRequest(
        search,
        (id) => directory.findByClientId(id),
        (id) => providers.ofApp(id),
      );
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
      const { app } = read;
      known.app = app;
      known.redirectUri = read.request.redirectUri;
      const request = await withInvitation(app, read.request);
      const direct = await directConnection(app, request);
      // Who asks for one provider is not answered by another way in.
      const silent = direct ? null : await answerSilently(context, app, request);
      if (silent) return silent;
      if (request.prompt.includes("none")) {
        const answer = {
          error: "login_required",
          error_description: "Nobody is signed in here in the way that the request asks for.",
        };
        return redirectTo(context, answerUrl(request, answer), 302);
      }
      if (direct) return sendDirectly(context, app, request, direct);
      return redirectTo(context, await beginLogin(services, context, request), 302);
    }),
  );

  /** Where the request leads to past the pages. */
  async function directConnection(
    app: App,
    request: AuthorizeRequest,
  ): Promise<IdentityProvider | null> {
    const { connectionId } = request.provider;
    const enabled = await providers.ofApp(app.id);
    return enabled.find(({ id }) => id === connectionId) ?? null;
  }

  async function sendDirectly(
    context: RequestContext,
    app: App,
    request: AuthorizeRequest,
    provider: IdentityProvider,
  ): Promise<Response> {
    await limits.leave(context);
    const login = await newLogin(services, context, request);
    return redirectTo(context, await providerUrl(services, { app, request: login, provider }), 302);
  }

  /** Of an invitation that is over the person is told before they sign in. */
  async function withInvitation(app: App, request: AuthorizeRequest): Promise<AuthorizeRequest> {
    if (request.invitationToken === null) return request;
    const { email } = await requireInvitation(services, app, request.invitationToken, null);
    return { ...request, loginHint: request.loginHint ?? email };
  }

  /** Null when the person has to be asked. */
  async function answerSilently(
    context: RequestContext,
    app: App,
    request: AuthorizeRequest,
  ): Promise<Response | null> {
    const signedIn = await signedInHere(services, context, app, request);
    if (!signedIn) return null;
    try {
      return await redirectWithCode(services, context, { app, request, ...signedIn }, 302);
    } catch (error) {
      // Refused here: the page may be used with another address, and says why with this one.
      if (error instanceof LatchkeyError && error.status < 500) return null;
      throw error;
    }
  }

  return routes;
}
