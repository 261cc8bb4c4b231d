/** The hosted sign-in's pages: an address, then the code that was mailed to it. */
import { LatchkeyError } from "@latchkey/core/errors";
import { emailAddress } from "@latchkey/core/protocol/browser-requests";
import { Hono } from "hono";
import type { RequestContext, RequestEnv } from "../http/context.ts";
import { type IpLimit, limitByIp } from "../http/middleware/ip-limit.ts";
import type { Services } from "../services.ts";
import { answerWithPages, type KnownSoFar } from "./answer-with-pages.ts";
import { finishByCode } from "./finish-by-code.ts";
import { mailCode, requireEmailAuth } from "./mailed-code.ts";
import { formTargets, loginUrl, type OpenLogin, openLogin } from "./open-login.ts";
import { pageResponse } from "./page-response.ts";
import { brandingOf } from "./pages/branding.ts";
import { codePage } from "./pages/code-page.ts";
import { emailPage } from "./pages/email-page.ts";
import { readLoginForm } from "./read-login-form.ts";
import { redirectTo } from "./redirect-answer.ts";
import { isSameOriginPost } from "./same-origin.ts";

const TEN_MINUTES = 600_000;
const MAIL_LIMIT: IpLimit = { name: "code-init", max: 60, windowMs: TEN_MINUTES };
const CODE_LIMIT: IpLimit = { name: "code-check", max: 120, windowMs: TEN_MINUTES };

export function loginRoutes(services: Services): Hono<RequestEnv> {
  const routes = new Hono<RequestEnv>();
  const limits = services.settings.limitByIp ? services.store.limits : null;
  const take = (context: RequestContext, limit: IpLimit) =>
    limitByIp(limits, limit)(context, async () => undefined);

  routes.get("/login", (context) =>
    answerWithPages(services, context, async (known) => {
      const login = await open(context, context.req.query("request"), known);
      const intent = context.req.query("intent");
      if (login.request.email !== null && context.req.query("step") !== "email") {
        return showCode(context, login, null);
      }
      const wanted = intent === "sign-up" || intent === "sign-in" ? intent : login.request.intent;
      const { email, loginHint } = login.request;
      return showEmail(context, login, {
        intent: wanted,
        email: email ?? loginHint ?? "",
        error: null,
      });
    }),
  );

  routes.post("/login", (context) =>
    answerWithPages(services, context, async (known) => {
      if (!isSameOriginPost(context.req.raw, services.settings.publicUrl())) {
        throw new LatchkeyError(
          "cross_site_form",
          403,
          "Forms are taken from this site's pages only.",
        );
      }
      const form = await readLoginForm(context);
      const login = await open(context, form.request, known);
      if (form.code !== undefined) {
        known.goBack = {
          label: "Use another address",
          href: `/login?request=${login.sealed}&step=email`,
        };
        await take(context, CODE_LIMIT);
        const finished = await finishByCode(services, context, login, form.code);
        return finished.kind === "done"
          ? finished.response
          : showCode(context, login, finished.error);
      }
      const resend = form.action === "resend" ? login.request.email : null;
      return sendCode(context, login, known, resend ?? form.email ?? "", form.intent);
    }),
  );

  async function open(context: RequestContext, sealed: string | undefined, known: KnownSoFar) {
    const login = await openLogin(services, context, sealed, known);
    requireEmailAuth(login.app);
    return login;
  }

  async function sendCode(
    context: RequestContext,
    login: OpenLogin,
    known: KnownSoFar,
    typed: string,
    typedIntent: string | undefined,
  ): Promise<Response> {
    const { app, request } = login;
    const intent =
      typedIntent === "sign-up" || typedIntent === "sign-in" ? typedIntent : request.intent;
    const parsed = emailAddress.safeParse(typed);
    if (!parsed.success) {
      const error =
        typed.trim() === ""
          ? "Type your e-mail address."
          : "That is not an e-mail address. It looks like ada@example.com.";
      return showEmail(context, login, { intent, email: typed, error });
    }
    const email = parsed.data;
    if (app.settings.disablePlusEmails && email.split("@", 1)[0]?.includes("+")) {
      const error = `${app.name} takes no addresses with a plus sign. Use the address without it.`;
      return showEmail(context, login, { intent, email, error });
    }
    const isAgain = email === request.email;
    const next = { ...request, intent, email, codesSent: isAgain ? request.codesSent + 1 : 1 };
    const nextUrl = await loginUrl(services, next);
    known.goBack = { label: "Type a code that has arrived", href: nextUrl };
    await take(context, MAIL_LIMIT);
    await mailCode(services, app, login.bindingCookie, email);
    return redirectTo(context, nextUrl, 303);
  }

  function showEmail(
    context: RequestContext,
    login: OpenLogin,
    page: Pick<Parameters<typeof emailPage>[0], "intent" | "email" | "error">,
  ): Promise<Response> {
    const content = emailPage({ branding: brandingOf(login.app), request: login.sealed, ...page });
    return pageResponse(context, content, {
      status: page.error === null ? 200 : 422,
      formTargets: formTargets(login),
    });
  }

  function showCode(
    context: RequestContext,
    login: OpenLogin,
    error: string | null,
  ): Promise<Response> {
    const { request, app, sealed } = login;
    const content = codePage({
      branding: brandingOf(app),
      intent: request.intent,
      request: sealed,
      email: request.email ?? "",
      sentAgain: error === null && request.codesSent > 1,
      error,
    });
    return pageResponse(context, content, {
      status: error === null ? 200 : 422,
      formTargets: formTargets(login),
    });
  }

  return routes;
}
