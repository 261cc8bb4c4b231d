import { LatchkeyError } from "@latchkey/core/errors";
import type { RequestContext } from "../http/context.ts";
import { mailFor } from "../mail/app-mail.ts";
import type { Services } from "../services.ts";
import { offersPasswords } from "../users/passwords.ts";
import { provenUser } from "../users/proven-user.ts";
import type { LoginMethod } from "./complete-login.ts";
import { finishLogin } from "./finish-login.ts";
import { rememberDevice } from "./known-browser.ts";
import { proveByCode } from "./mailed-code.ts";
import type { OpenLogin } from "./open-login.ts";
import { cookieValueOf, repeatedSignIn } from "./repeated-form.ts";
import { beginSignIn, keepSignIn } from "./shared-sign-in.ts";

export type Finished =
  | { readonly kind: "done"; readonly response: Response }
  /** To say beside the field. */
  | { readonly kind: "refused"; readonly error: string };

/** One answer for a wrong, spent, expired and never issued code (ASVS 6.3.8). */
const WRONG: Finished = {
  kind: "refused",
  error: "That code is wrong, was used, or has run out. Type the newest one, or ask for another.",
};

/** The last step: the code that was typed, and if it is right, back to the app. */
export async function finishByCode(
  services: Services,
  context: RequestContext,
  { app, request, sealed, bindingCookie }: OpenLogin,
  typed: string,
): Promise<Finished> {
  const { email } = request;
  const code = typed.normalize("NFKC").replace(/[\s-]/g, "");
  if (email === null || !/^[0-9]{6}$/.test(code)) {
    return { kind: "refused", error: "Type the six digits from the mail." };
  }
  const form = { bindingCookie, request: sealed, code };
  const account = { type: "email", subject: email };
  // Where codes do not sign in, this one put a password in force, and that signs in.
  const method: LoginMethod = app.settings.emailAuth ? "email" : "password";
  const proof = await proveByCode(services, context, { app, bindingCookie, email }, code);
  if (proof === null) return again();
  const codeId = proof.kind === "code" ? proof.codeId : null;
  const proven = await provenUser(services, { app, account, codeId, allowSignUp: true }).catch(
    (error: unknown) => {
      if (error instanceof LatchkeyError && error.code === "invalid_credentials") return null;
      throw error;
    },
  );
  // Spent meanwhile, by the same form perhaps.
  if (proven === null) return again();
  const { user } = proven;
  // A test account's code is no proof for any other app, so nothing is remembered of it.
  if (proof.kind === "test_account") return done(user.id, await services.store.now());
  if (request.newPasswordHash !== null) await setPassword(user.id, request.newPasswordHash);
  await rememberDevice(services, context, app, email);
  const signIn = await beginSignIn(services, context, await cookieValueOf(services, form), {
    appId: app.id,
    userId: user.id,
    account,
    authMethod: method,
  });
  return done(user.id, signIn.authenticatedAt);

  /** In force from here on; where it replaces another, everybody who knew that one is out. */
  async function setPassword(userId: string, hash: string): Promise<void> {
    if (!offersPasswords(services, app)) return;
    await services.store.passwords.set(userId, hash);
    services.outbox.post(mailFor(app, "password_changed", { to: email ?? "", values: {} }));
  }

  async function done(userId: string, authenticatedAt: number): Promise<Finished> {
    const completed = { app, request, userId, method, authenticatedAt };
    return { kind: "done", response: await finishLogin(services, context, completed) };
  }

  /** The same form, sent again, is answered again; anything else is a wrong code. */
  async function again(): Promise<Finished> {
    const repeated = await repeatedSignIn(services, form);
    if (repeated === null) {
      services.metrics.failure("invalid_one_time_code", app.id);
      return WRONG;
    }
    keepSignIn(services, context, repeated.cookieValue);
    return done(repeated.signIn.userId, repeated.signIn.authenticatedAt);
  }
}
