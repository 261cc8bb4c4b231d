/** Addresses of an organization's domain sign in at its connection, and nowhere else. */
import type { App } from "../apps/app-directory.ts";
import type { RequestContext } from "../http/context.ts";
import { connectionFor } from "../providers/provider-directory.ts";
import type { Services } from "../services.ts";
import type { IdentityProvider } from "../storage/store.ts";
import { emailAccount } from "../users/app-server-user.ts";
import type { LoginRequest } from "./login-request.ts";
import { sealLoginRequest } from "./login-request.ts";
import { providerLink } from "./provider-paths.ts";
import { redirectTo } from "./redirect-answer.ts";

/** Of a user who proved who they are in another way; null when any way is good. */
export async function connectionOfUser(
  services: Pick<Services, "store" | "providers">,
  app: App,
  userId: string,
  method: string,
): Promise<IdentityProvider | null> {
  if (method === "sso") return null;
  const providers = await services.providers.ofApp(app.id);
  if (providers.every(({ domains }) => domains.length === 0)) return null;
  const user = await services.store.users.find(app.id, userId);
  const email = user && emailAccount(user);
  return email?.isVerified ? connectionFor(providers, email.subject) : null;
}

/** By way of a page of ours, since a form may have led here. */
export async function goToConnection(
  services: Services,
  context: RequestContext,
  request: LoginRequest,
  { id }: IdentityProvider,
): Promise<Response> {
  const sealed = await sealLoginRequest(services.master, request);
  return redirectTo(context, providerLink(sealed, id, "form"), 303);
}
