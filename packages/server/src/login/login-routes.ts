/** The hosted sign-in's pages: an address, then the code that was mailed to it, or a password. */
import { Hono } from "hono";
import type { RequestContext, RequestEnv } from "../http/context.ts";
import type { Services } from "../services.ts";
import type { IdentityProvider } from "../storage/store.ts";
import { answerWithPages, type KnownSoFar } from "./answer-with-pages.ts";
import { finishByCode } from "./finish-by-code.ts";
import { finishByPasskey } from "./finish-by-passkey.ts";
import { finishByPassword } from "./finish-by-password.ts";
import { loginLimits } from "./login-limits.ts";
import { loginMethods, requireCodeAllowed, requirePasswords } from "./login-methods.ts";
import { openLogin } from "./open-login.ts";
import { loginLink } from "./pages/login-link.ts";
import type { Intent } from "./pages/words.ts";
import { readOwnForm } from "./read-own-form.ts";
import { sendCode } from "./send-code.ts";
import {
  type LoginView,
  showCode,
  showEmail,
  showNewPassword,
  showPassword,
} from "./show-login.ts";

export function loginRoutes(services: Services): Hono<RequestEnv> {
  const routes = new Hono<RequestEnv>();
  const limits = loginLimits(services);

  routes.get("/login", (context) =>
    answerWithPages(services, context, async (known) => {
      const { intent, step, with: kind, declined } = context.req.query();
      const opened = await open(context, context.req.query("request"), intent, known);
      const view = { ...opened, notice: declinedAt(opened.methods.providers, declined) };
      const { request } = view.login;
      const email = request.email ?? request.loginHint ?? "";
      if (kind === "password" || kind === "new-password") {
        requirePasswords(view.methods);
        return kind === "password"
          ? showPassword(view, { email })
          : showNewPassword(view, { email });
      }
      if (request.email !== null && step !== "email") {
        requireCodeAllowed(view.methods, request);
        return showCode(view, null);
      }
      if (view.methods.password && (!view.methods.code || request.newPasswordHash !== null)) {
        const isNew = view.intent === "sign-up" || request.newPasswordHash !== null;
        return isNew ? showNewPassword(view, { email }) : showPassword(view, { email });
      }
      return showEmail(view, { email });
    }),
  );

  routes.post("/login", (context) =>
    answerWithPages(services, context, async (known) => {
      const form = await readOwnForm(services, context);
      const view = await open(context, form.request, form.intent, known);
      const { login, methods } = view;
      known.goBack = {
        label: "Use another address",
        href: loginLink(login.sealed, { step: "email" }),
      };
      if (form.code !== undefined) {
        requireCodeAllowed(methods, login.request);
        await limits.guess(context);
        const finished = await finishByCode(services, context, login, form.code);
        return finished.kind === "done" ? finished.response : showCode(view, finished.error);
      }
      if (form.passkey !== undefined) {
        await limits.guess(context);
        return finishByPasskey(services, view, form.passkey);
      }
      if (form.with === "password") {
        requirePasswords(methods);
        await limits.guess(context);
        return finishByPassword(services, limits, view, known, form);
      }
      return sendCode(services, limits, view, known, form);
    }),
  );

  async function open(
    context: RequestContext,
    sealed: string | undefined,
    asked: string | undefined,
    known: KnownSoFar,
  ): Promise<LoginView> {
    const login = await openLogin(services, context, sealed, known);
    const methods = await loginMethods(services, login.app, login.request.organizationId);
    const intent = isIntent(asked) ? asked : login.request.intent;
    return { context, login, methods, intent, notice: null };
  }

  return routes;
}

function declinedAt(providers: readonly IdentityProvider[], id: string | undefined): string | null {
  if (id === undefined) return null;
  const name = providers.find((provider) => provider.id === id)?.name ?? "the other side";
  return `You did not sign in at ${name}, and nothing was done. Try again, or use another way.`;
}

const isIntent = (text: string | undefined): text is Intent =>
  text === "sign-in" || text === "sign-up";
