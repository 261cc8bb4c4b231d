import { connectionFor } from "../providers/provider-directory.ts";
import type { Services } from "../services.ts";
import type { User } from "../storage/store.ts";
import { findByPassword } from "../users/passwords.ts";
import { provenUser } from "../users/proven-user.ts";
import type { KnownSoFar } from "./answer-with-pages.ts";
import { goToConnection } from "./bound-address.ts";
import { newCookieValue } from "./cookies.ts";
import { finishLogin } from "./finish-login.ts";
import { rememberDevice } from "./known-browser.ts";
import type { LoginLimits } from "./login-limits.ts";
import type { LoginForm } from "./read-login-form.ts";
import { mailAndAsk } from "./send-code.ts";
import { beginSignIn } from "./shared-sign-in.ts";
import { type LoginView, showPassword } from "./show-login.ts";
import { readAddress } from "./typed-address.ts";

/** One answer for a wrong password and for an address that nobody has (ASVS 6.3.8). */
const WRONG =
  "That address and password do not belong together. Try again, or use another way below.";

/** Signs in with address and password, or shows the page again with what to correct. */
export async function finishByPassword(
  services: Services,
  limits: LoginLimits,
  view: LoginView,
  known: KnownSoFar,
  { email: typed = "", password = "" }: LoginForm,
): Promise<Response> {
  const { context, login } = view;
  const { app, request } = login;
  const address = readAddress(app, typed);
  if (address.kind === "refused") {
    return showPassword(view, { email: typed, emailError: address.error });
  }
  const { email } = address;
  const connection = connectionFor(await services.providers.ofApp(app.id), email);
  if (connection) return goToConnection(services, context, { ...request, email }, connection);
  if (password === "") return showPassword(view, { email, passwordError: "Type your password." });
  const found = await findByPassword(services, app, email, password);
  if (found === null) {
    services.metrics.failure("invalid_credentials", app.id);
    return showPassword(view, { email, passwordError: WRONG });
  }
  if (!found.isProven) return proveAddress(services, limits, view, known, found.user, email);
  const account = { type: "email", subject: email };
  const { user } = await provenUser(services, { app, account, allowSignUp: false, codeId: null });
  await rememberDevice(services, context, app, email);
  const { authenticatedAt } = await beginSignIn(services, context, newCookieValue(), {
    appId: app.id,
    userId: user.id,
    account,
    authMethod: "password",
  });
  const completed = { app, request, userId: user.id, method: "password", authenticatedAt } as const;
  return finishLogin(services, context, completed);
}

/** The right password of an address that nobody proved: a mailed code puts it in force. */
async function proveAddress(
  services: Services,
  limits: LoginLimits,
  view: LoginView,
  known: KnownSoFar,
  user: User,
  email: string,
): Promise<Response> {
  const kept = await services.store.passwords.find(user.id);
  const { login, intent } = view;
  const next = {
    ...login.request,
    intent,
    email,
    codesSent: 1,
    newPasswordHash: kept?.hash ?? null,
  };
  return mailAndAsk(services, limits, view, known, next);
}
