import { LatchkeyError } from "@latchkey/core/errors";
import type { App } from "../apps/app-directory.ts";
import type { RequestContext } from "../http/context.ts";
import type { Services } from "../services.ts";
import { provenUser } from "../users/proven-user.ts";
import type { AuthorizeRequest } from "./authorize-request.ts";
import type { LoginMethod } from "./complete-login.ts";
import { currentSignIn, mayReuse } from "./shared-sign-in.ts";

export interface SignedInHere {
  /** The user's key (User.id). */
  readonly userId: string;
  readonly email: string;
  readonly method: LoginMethod;
  /** Milliseconds since the epoch by the database's clock. */
  readonly authenticatedAt: number;
}

/** Who is signed in in this browser already, as this app has them; null when the person has to be asked. */
export async function signedInHere(
  services: Services,
  context: RequestContext,
  app: App,
  request: Pick<AuthorizeRequest, "prompt" | "loginHint" | "maxAge">,
): Promise<SignedInHere | null> {
  const signIn = await currentSignIn(services, context);
  if (!signIn || !mayReuse(app, signIn, request, await services.store.now())) return null;
  const { account, authenticatedAt } = signIn;
  try {
    const { user } = await provenUser(services, { app, account, allowSignUp: true, codeId: null });
    // Whoever ended this person's sessions meant them to prove themselves again.
    if (await services.store.signIns.wasThrownOut(user.id, authenticatedAt)) return null;
    const method = signIn.authMethod === "password" ? "password" : "email";
    return { userId: user.id, email: account.subject, method, authenticatedAt };
  } catch (error) {
    // Refused here: the page may be used with another address, and says why with this one.
    if (error instanceof LatchkeyError && error.status < 500) return null;
    throw error;
  }
}
