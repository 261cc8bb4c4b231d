/** The page that a mailed password reset leads to. */
import { Hono } from "hono";
import type { App } from "../apps/app-directory.ts";
import type { RequestContext, RequestEnv } from "../http/context.ts";
import type { Services } from "../services.ts";
import type { PasswordReset } from "../storage/store.ts";
import {
  findPasswordReset,
  invalidReset,
  PASSWORD_RESET_PAGE,
  redeemPasswordReset,
} from "../users/password-resets.ts";
import { passwordProblem } from "../users/password-rules.ts";
import { answerWithPages, type KnownSoFar } from "./answer-with-pages.ts";
import { wayToApp } from "./app-home.ts";
import { loginLimits } from "./login-limits.ts";
import { loginMethods, requirePasswords } from "./login-methods.ts";
import { pageResponse } from "./page-response.ts";
import { brandingOf } from "./pages/branding.ts";
import { messagePage } from "./pages/message-page.ts";
import { passwordResetPage } from "./pages/password-reset-page.ts";
import { readOwnForm } from "./read-own-form.ts";

export function passwordResetPages(services: Services): Hono<RequestEnv> {
  const routes = new Hono<RequestEnv>();
  const limits = loginLimits(services);

  routes.get(PASSWORD_RESET_PAGE, (context) =>
    answerWithPages(services, context, async (known) => {
      const token = context.req.query("token") ?? "";
      const opened = await open(token, known);
      return show(context, opened, token, null);
    }),
  );

  routes.post(PASSWORD_RESET_PAGE, (context) =>
    answerWithPages(services, context, async (known) => {
      const { token = "", password = "" } = await readOwnForm(services, context);
      // Before the slow hashing, which nobody may have done for them without end.
      await limits.guess(context);
      const opened = await open(token, known);
      const { app, reset } = opened;
      const problem = passwordProblem(password, { email: reset.email, appName: app.name });
      if (problem !== null) return show(context, opened, token, problem);
      await redeemPasswordReset(services, app, reset, password);
      const page = messagePage({
        branding: brandingOf(app),
        title: "Your password is set",
        text: "Sign in with it. Wherever somebody was signed in with the old one, they are signed out.",
        ways: wayToApp(app),
        details: null,
      });
      return pageResponse(context, page);
    }),
  );

  /** Throws `password_reset_invalid`. */
  async function open(
    token: string,
    known: KnownSoFar,
  ): Promise<{ app: App; reset: PasswordReset }> {
    const reset = await findPasswordReset(services, token);
    const app = reset && (await services.directory.find(reset.appId));
    if (!reset || !app) throw invalidReset();
    known.app = app;
    known.goBack = wayToApp(app)[0] ?? null;
    requirePasswords(await loginMethods(services, app));
    return { app, reset };
  }

  function show(
    context: RequestContext,
    { app, reset }: { app: App; reset: PasswordReset },
    token: string,
    error: string | null,
  ): Promise<Response> {
    const page = { branding: brandingOf(app), token, email: reset.email, error };
    return pageResponse(context, passwordResetPage(page), { status: error === null ? 200 : 422 });
  }

  return routes;
}
