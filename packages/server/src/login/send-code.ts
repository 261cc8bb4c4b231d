import { connectionFor } from "../providers/provider-directory.ts";
import type { Services } from "../services.ts";
import { passwordProblem } from "../users/password-rules.ts";
import { hashPassword } from "../users/passwords.ts";
import type { KnownSoFar } from "./answer-with-pages.ts";
import { goToConnection } from "./bound-address.ts";
import type { LoginLimits } from "./login-limits.ts";
import { requireCodeAllowed, requirePasswords } from "./login-methods.ts";
import type { LoginRequest } from "./login-request.ts";
import { mailCode } from "./mailed-code.ts";
import { loginUrl } from "./open-login.ts";
import type { LoginForm } from "./read-login-form.ts";
import { redirectTo } from "./redirect-answer.ts";
import { type LoginView, showEmail, showNewPassword } from "./show-login.ts";
import { readAddress } from "./typed-address.ts";

/** Mails a code to the typed address, or again to the one before, and goes on to ask for it. */
export async function sendCode(
  services: Services,
  limits: LoginLimits,
  view: LoginView,
  known: KnownSoFar,
  form: LoginForm,
): Promise<Response> {
  const { context, login, methods, intent } = view;
  const { app, request } = login;
  const isResend = form.action === "resend" && request.email !== null;
  const typed = (isResend ? request.email : form.email) ?? "";
  const isNewPassword = form.with === "new-password";
  const retry = isNewPassword ? showNewPassword : showEmail;
  const address = readAddress(app, typed);
  if (address.kind === "refused") return retry(view, { email: typed, emailError: address.error });
  const { email } = address;
  const connection = connectionFor(await services.providers.ofApp(app.id), email);
  if (connection) return goToConnection(services, context, { ...request, email }, connection);
  if (!methods.code && !methods.password) {
    return retry(view, { email, emailError: "Nobody signs in here with an address like this." });
  }

  let newPasswordHash = isResend ? request.newPasswordHash : null;
  if (isNewPassword) {
    requirePasswords(methods);
    const passwordError = passwordProblem(form.password ?? "", { email, appName: app.name });
    if (passwordError !== null) return showNewPassword(view, { email, passwordError });
    // Before the slow hashing, which nobody may have done for them without end.
    await limits.guess(context);
    newPasswordHash = await hashPassword(services, form.password ?? "");
  }
  const codesSent = email === request.email ? request.codesSent + 1 : 1;
  const next = { ...request, intent, email, codesSent, newPasswordHash };
  requireCodeAllowed(methods, next);
  return mailAndAsk(services, limits, view, known, next);
}

/** Mails a code to the address of `next`, and goes on to the page that asks for it. */
export async function mailAndAsk(
  services: Services,
  limits: LoginLimits,
  { context, login }: LoginView,
  known: KnownSoFar,
  next: LoginRequest,
): Promise<Response> {
  const nextUrl = await loginUrl(services, next);
  known.goBack = { label: "Type a code that has arrived", href: nextUrl };
  await limits.mail(context);
  const { app, bindingCookie } = login;
  await mailCode(services, context, { app, bindingCookie, email: next.email ?? "" });
  return redirectTo(context, nextUrl, 303);
}
