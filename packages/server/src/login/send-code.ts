import type { Services } from "../services.ts";
import { passwordProblem } from "../users/password-rules.ts";
import { hashPassword } from "../users/passwords.ts";
import type { KnownSoFar } from "./answer-with-pages.ts";
import type { LoginLimits } from "./login-limits.ts";
import { requireCodeAllowed, requirePasswords } from "./login-methods.ts";
import { mailCode } from "./mailed-code.ts";
import { loginUrl } from "./open-login.ts";
import { redirectTo } from "./redirect-answer.ts";
import { type LoginView, showEmail, showNewPassword } from "./show-login.ts";
import { readAddress } from "./typed-address.ts";

type Form = Readonly<Partial<Record<string, string>>>;

/** Mails a code to the typed address, or again to the one before, and goes on to ask for it. */
export async function sendCode(
  services: Services,
  limits: LoginLimits,
  view: LoginView,
  known: KnownSoFar,
  form: Form,
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
  const nextUrl = await loginUrl(services, next);
  known.goBack = { label: "Type a code that has arrived", href: nextUrl };
  await limits.mail(context);
  await mailCode(services, app, login.bindingCookie, email);
  return redirectTo(context, nextUrl, 303);
}
