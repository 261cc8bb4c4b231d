import type { Services } from "../services.ts";
import { findByPassword } from "../users/passwords.ts";
import { provenUser } from "../users/proven-user.ts";
import { redirectWithCode } from "./complete-login.ts";
import { newCookieValue } from "./cookies.ts";
import { beginSignIn } from "./shared-sign-in.ts";
import { type LoginView, showPassword } from "./show-login.ts";
import { readAddress } from "./typed-address.ts";

/** One answer for a wrong password and for an address that nobody has (ASVS 6.3.8). */
const WRONG =
  "That address and password do not belong together. Try again, or use another way below.";

/** Signs in with address and password, or shows the page again with what to correct. */
export async function finishByPassword(
  services: Services,
  view: LoginView,
  typed: string,
  password: string,
): Promise<Response> {
  const { context, login } = view;
  const { app, request } = login;
  const address = readAddress(app, typed);
  if (address.kind === "refused") {
    return showPassword(view, { email: typed, emailError: address.error });
  }
  const { email } = address;
  if (password === "") return showPassword(view, { email, passwordError: "Type your password." });
  const found = await findByPassword(services, app, email, password);
  if (found === null) return showPassword(view, { email, passwordError: WRONG });
  const account = { type: "email", subject: email };
  const { user } = await provenUser(services, { app, account, allowSignUp: false, codeId: null });
  services.metrics.signIn("password");
  const { authenticatedAt } = await beginSignIn(services, context, newCookieValue(), {
    appId: app.id,
    userId: user.id,
    account,
    authMethod: "password",
  });
  const completed = { app, request, userId: user.id, method: "password", authenticatedAt } as const;
  return redirectWithCode(services, context, completed, 303);
}
