import { LatchkeyError } from "@latchkey/core/errors";
import type { App } from "../apps/app-directory.ts";
import type { RequestContext } from "../http/context.ts";
import { authMethodOf } from "../providers/provider-preset.ts";
import type { Services } from "../services.ts";
import type { SignInRecord } from "../storage/store.ts";
import { requireListed } from "../users/allowlist.ts";
import { emailAccount } from "../users/app-server-user.ts";
import { provenUser } from "../users/proven-user.ts";
import type { AuthorizeRequest } from "./authorize-request.ts";
import { connectionOfUser } from "./bound-address.ts";
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

/** Those that prove an address to this server itself, for whichever app. */
const OWN_METHODS = new Set(["email", "password"]);

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
    if (!OWN_METHODS.has(signIn.authMethod)) return await asTheyAre(services, app, signIn);
    const { user } = await provenUser(services, { app, account, allowSignUp: true, codeId: null });
    // Whoever ended this person's sessions meant them to prove themselves again.
    if (await services.store.signIns.wasThrownOut(user.id, authenticatedAt)) return null;
    const method = signIn.authMethod === "password" ? "password" : "email";
    // Their organization may have moved to a sign-in of its own since.
    if (await connectionOfUser(services, app, user.id, method)) return null;
    return { userId: user.id, email: account.subject, method, authenticatedAt };
  } catch (error) {
    // Refused here: the page may be used with another address, and says why with this one.
    if (error instanceof LatchkeyError && error.status < 500) return null;
    throw error;
  }
}

/** By a provider, or what else only this app accepts: the user as they are now. */
async function asTheyAre(
  services: Services,
  app: App,
  { userId, authMethod, authenticatedAt }: SignInRecord,
): Promise<SignedInHere | null> {
  const user = await services.store.users.find(app.id, userId);
  if (!user || user.disabledAt !== null || !(await isOffered(services, app, authMethod)))
    return null;
  await requireListed(services.store.apps, app, user);
  if (await services.store.signIns.wasThrownOut(user.id, authenticatedAt)) return null;
  if (await connectionOfUser(services, app, user.id, authMethod)) return null;
  const email = emailAccount(user)?.subject ?? "";
  return { userId: user.id, email, method: authMethod, authenticatedAt };
}

/** Whether the app still signs in this way. */
async function isOffered(services: Services, app: App, method: string): Promise<boolean> {
  if (method === "passkey") return app.settings.passkeyAuth;
  const providers = await services.providers.ofApp(app.id);
  return providers.some((provider) => authMethodOf(provider) === method);
}
