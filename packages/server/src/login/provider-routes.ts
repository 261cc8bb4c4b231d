/** Off to a provider, and back. Nobody is signed in by a link: the browser must have begun it. */
import { LatchkeyError } from "@latchkey/core/errors";
import { Hono } from "hono";
import type { RequestContext, RequestEnv } from "../http/context.ts";
import { notOffered, stateMismatch } from "../providers/finish-flow.ts";
import type { Services } from "../services.ts";
import type { IdentityProvider } from "../storage/store.ts";
import { answerWithPages, type KnownSoFar } from "./answer-with-pages.ts";
import { finishByProvider } from "./finish-by-provider.ts";
import { loginLimits } from "./login-limits.ts";
import { type OpenLogin, openLogin } from "./open-login.ts";
import { pageResponse } from "./page-response.ts";
import { brandingOf } from "./pages/branding.ts";
import { leavingPage } from "./pages/leaving-page.ts";
import { loginLink } from "./pages/login-link.ts";
import { PROVIDER_PAGE, PROVIDER_RETURN, providerLink } from "./provider-paths.ts";
import { answerUrl, redirectTo } from "./redirect-answer.ts";
import { providerUrl } from "./send-to-provider.ts";

export function providerRoutes(services: Services): Hono<RequestEnv> {
  const routes = new Hono<RequestEnv>();
  const limits = loginLimits(services);

  routes.get(PROVIDER_PAGE, (context) =>
    answerWithPages(services, context, async (known) => {
      const { request: sealed, connection = "", from } = context.req.query();
      const login = await open(context, sealed, known);
      const { app, request } = login;
      const provider = await enabled(app.id, connection);
      if (!provider) throw notOffered({ name: "this provider" });
      if (from === "form") {
        const href = providerLink(login.sealed, provider.id);
        const page = leavingPage({ branding: brandingOf(app), name: provider.name, href });
        return pageResponse(context, page);
      }
      await limits.leave(context);
      const url = await providerUrl(services, { app, request, provider });
      return redirectTo(context, url, 302);
    }),
  );

  routes.get(PROVIDER_RETURN, (context) =>
    answerWithPages(services, context, async (known) => {
      const { request: sealed, connection = "", ...answer } = context.req.query();
      const { provider_code: code = "", provider_error: error } = answer;
      const login = await open(context, sealed, known);
      if (error === undefined) return finishByProvider(services, context, login, code);
      const provider = await services.store.providers.find(login.app.id, connection);
      if (error === "access_denied") return denied(context, login, provider);
      throw faultOf(error, provider);
    }),
  );

  async function enabled(appId: string, id: string): Promise<IdentityProvider | null> {
    const providers = await services.providers.ofApp(appId);
    return providers.find((provider) => provider.id === id) ?? null;
  }

  async function open(
    context: RequestContext,
    sealed: string | undefined,
    known: KnownSoFar,
  ): Promise<OpenLogin> {
    const login = await openLogin(services, context, sealed, known);
    known.goBack = {
      label: "Sign in another way",
      href: loginLink(login.sealed, { step: "email" }),
    };
    return login;
  }

  /** The app that sent the browser straight there is told; else there are other ways on the page. */
  function denied(
    context: RequestContext,
    { request, sealed }: OpenLogin,
    provider: IdentityProvider | null,
  ): Response {
    if (request.end.kind === "app" && request.provider.connectionId === provider?.id) {
      const answer = {
        error: "access_denied",
        error_description: `The sign-in at ${provider?.name ?? "the provider"} was declined.`,
      };
      return redirectTo(context, answerUrl(request, answer), 302);
    }
    const declined = provider === null ? {} : { declined: provider.id };
    return redirectTo(context, loginLink(sealed, { step: "email", ...declined }), 302);
  }

  return routes;
}

/** What the callback found out, told again on the page of this sign-in. */
function faultOf(code: string, provider: IdentityProvider | null): LatchkeyError {
  const name = provider?.name ?? "The provider";
  switch (code) {
    case "provider_unavailable":
      return new LatchkeyError(
        code,
        503,
        `${name} does not answer right now. Nothing is lost: try again in a moment, or sign in another way.`,
        { retryAfter: 5 },
      );
    case "disallowed_login_method":
      return notOffered({ name });
    case "provider_misconfigured":
      return new LatchkeyError(
        code,
        500,
        `${name} is not set up right. Tell whoever runs this app; other ways to sign in work.`,
      );
    case "oauth_state_mismatch":
      return stateMismatch();
    default:
      return new LatchkeyError(
        "provider_error",
        400,
        `${name} answered something that this sign-in cannot rely on. Begin again; if it stays so, tell whoever runs this app.`,
      );
  }
}
