import type { App } from "../apps/app-directory.ts";
import type { AuthorizeRequest } from "./authorize-request.ts";
import { NO_PROVIDER } from "./requested-provider.ts";

/** A sign-in that this host itself asks for, and that leads to no app's redirect URI. */
export function hostLogin(
  app: App,
  publicUrl: string,
  changes: Partial<AuthorizeRequest> = {},
): AuthorizeRequest {
  return {
    appId: app.id,
    redirectUri: `${publicUrl}/login`,
    state: null,
    codeChallenge: null,
    intent: "sign-in",
    loginHint: null,
    prompt: [],
    maxAge: null,
    organizationId: null,
    provider: NO_PROVIDER,
    invitationToken: null,
    ...changes,
  };
}
