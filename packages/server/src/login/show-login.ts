/** The pages of a sign-in on its way; 422 when one comes back with what to correct. */
import type { RequestContext } from "../http/context.ts";
import type { LoginMethods } from "./login-methods.ts";
import { formTargets, type OpenLogin } from "./open-login.ts";
import { pageResponse } from "./page-response.ts";
import { brandingOf } from "./pages/branding.ts";
import { codePage } from "./pages/code-page.ts";
import { emailPage } from "./pages/email-page.ts";
import type { Html, PageContent } from "./pages/layout.ts";
import { PASSKEY_SCRIPT_PATH, passkeyForm } from "./pages/passkey-form.ts";
import { newPasswordPage, passwordPage } from "./pages/password-page.ts";
import { providersPage } from "./pages/providers-page.ts";
import type { Intent } from "./pages/words.ts";

/** One page to show, in the sign-in that it belongs to. */
export interface LoginView {
  readonly context: RequestContext;
  readonly login: OpenLogin;
  readonly methods: LoginMethods;
  readonly intent: Intent;
  /** What happened on the way to this page. */
  readonly notice: string | null;
}

export interface EmailFault {
  readonly email: string;
  readonly emailError?: string | null;
  readonly passwordError?: string | null;
}

/** The page that asks for the address, by itself or with a password. */
export function showEmail(view: LoginView, fault: EmailFault): Promise<Response> {
  const { login, methods, intent, notice } = view;
  const { email, emailError = null } = fault;
  const passkey = passkeyOf(view);
  const offered = { ...shared(login), intent, notice, providers: methods.providers };
  const content = methods.address
    ? emailPage({
        ...offered,
        ...{ email, error: emailError },
        offersCode: methods.code,
        offersPassword: methods.password,
        passkey,
      })
    : providersPage(offered);
  return show(view, content, emailError !== null, passkey !== null);
}

export function showPassword(view: LoginView, fault: EmailFault): Promise<Response> {
  const { login, methods, notice } = view;
  const { email, emailError = null, passwordError = null } = fault;
  const passkey = passkeyOf(view);
  const content = passwordPage({
    ...shared(login),
    notice,
    providers: methods.providers,
    email,
    emailError,
    passwordError,
    offersCode: methods.code,
    passkey,
  });
  const isRefusal = emailError !== null || passwordError !== null;
  return show(view, content, isRefusal, passkey !== null);
}

export function showNewPassword(view: LoginView, fault: EmailFault): Promise<Response> {
  const { login, intent } = view;
  const { email, emailError = null, passwordError = null } = fault;
  const content = newPasswordPage({ ...shared(login), intent, email, emailError, passwordError });
  return show(view, content, emailError !== null || passwordError !== null);
}

export function showCode(view: LoginView, error: string | null): Promise<Response> {
  const { login, methods, intent } = view;
  const { email, codesSent, newPasswordHash } = login.request;
  const content = codePage({
    ...shared(login),
    intent,
    email: email ?? "",
    sentAgain: error === null && codesSent > 1,
    offersPassword: methods.password && newPasswordHash === null && intent === "sign-in",
    error,
  });
  return show(view, content, error !== null);
}

/** For who has an account: nobody signs up by passkey here, where users have an address. */
function passkeyOf({ login, methods, intent }: LoginView): Html | null {
  return methods.passkey && intent === "sign-in"
    ? passkeyForm({ request: login.sealed, intent })
    : null;
}

const shared = ({ app, sealed }: OpenLogin) => ({ branding: brandingOf(app), request: sealed });

function show(
  { context, login }: LoginView,
  content: PageContent,
  isRefusal: boolean,
  hasScript = false,
): Promise<Response> {
  const page = hasScript ? { ...content, script: PASSKEY_SCRIPT_PATH } : content;
  return pageResponse(context, page, {
    status: isRefusal ? 422 : 200,
    formTargets: formTargets(login),
  });
}
