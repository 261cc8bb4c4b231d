import { LatchkeyError } from "@latchkey/core/errors";
import { type PasskeyAssertion, passkeyAssertion } from "@latchkey/core/protocol/passkey-requests";
import { requirePasskeys } from "../passkeys/ceremonies.ts";
import { provePasskey } from "../passkeys/prove-passkey.ts";
import type { Services } from "../services.ts";
import type { User } from "../storage/store.ts";
import { emailAccount } from "../users/app-server-user.ts";
import { provenUser } from "../users/proven-user.ts";
import { finishLogin } from "./finish-login.ts";
import { hostedPage } from "./passkey-page.ts";
import { cookieValueOf, repeatedSignIn } from "./repeated-form.ts";
import { beginSignIn, keepSignIn } from "./shared-sign-in.ts";
import { type LoginView, showEmail } from "./show-login.ts";

/** What to say on the page; everything else is told on a page of its own. */
const WORDS: Readonly<Record<string, string>> = {
  invalid_data: "The passkey could not be read. Try again, or go on another way.",
  invalid_origin: "The passkey was used on another page. Try again here.",
  invalid_passkey: "The passkey could not be checked. Try again, or go on another way.",
  passkey_challenge_invalid: "That took too long, or was sent twice. Use the passkey again.",
  passkey_not_found:
    "Nobody here has this passkey any more. Go on another way, and delete it from your device.",
  passkey_counter_regressed:
    "There may be a copy of this passkey, so it is not taken. Go on another way, and remove it from your account.",
};

interface Begun {
  readonly user: User;
  /** Milliseconds since the epoch by the database's clock. */
  readonly authenticatedAt: number;
}

/** Signs in with what the authenticator answered, or shows the page again with what happened. */
export async function finishByPasskey(
  services: Services,
  view: LoginView,
  sent: string,
): Promise<Response> {
  const { context, login } = view;
  const { app, request, sealed, bindingCookie } = login;
  requirePasskeys(app);
  const form = { bindingCookie, request: sealed, code: sent };
  let begun: Begun;
  try {
    begun = await begin();
  } catch (error) {
    // The same form, sent again, is answered again.
    const again = await repeatedSignIn(services, form);
    const user = again && (await services.store.users.find(app.id, again.signIn.userId));
    if (user) {
      keepSignIn(services, context, again.cookieValue);
      return done({ user, authenticatedAt: again.signIn.authenticatedAt });
    }
    const words = error instanceof LatchkeyError ? WORDS[error.code] : undefined;
    if (words === undefined) throw error;
    return showEmail({ ...view, notice: words }, { email: request.email ?? "" });
  }
  return done(begun);

  async function begin(): Promise<Begun> {
    const page = await hostedPage(services, app, bindingCookie);
    const { account } = await provePasskey(services, page, read(sent));
    const proven = { app, account, allowSignUp: false, codeId: null };
    const { user } = await provenUser(services, proven);
    const value = await cookieValueOf(services, form);
    const { authenticatedAt } = await beginSignIn(services, context, value, {
      appId: app.id,
      userId: user.id,
      account,
      authMethod: "passkey",
    });
    return { user, authenticatedAt };
  }

  function done({ user, authenticatedAt }: Begun): Promise<Response> {
    const completed = { app, userId: user.id, method: "passkey", authenticatedAt };
    const email = emailAccount(user)?.subject ?? null;
    return finishLogin(services, context, { ...completed, request: { ...request, email } });
  }
}

function read(sent: string): PasskeyAssertion {
  try {
    return passkeyAssertion.parse(JSON.parse(sent));
  } catch {
    throw new LatchkeyError("invalid_data", 400, "The form carries no passkey's answer.");
  }
}
