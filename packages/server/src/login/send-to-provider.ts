import type { App } from "../apps/app-directory.ts";
import { presetOf } from "../providers/provider-preset.ts";
import { providerPrompt } from "../providers/provider-prompt.ts";
import { startFlow } from "../providers/start-flow.ts";
import type { Services } from "../services.ts";
import type { IdentityProvider } from "../storage/store.ts";
import { type LoginRequest, sealLoginRequest } from "./login-request.ts";
import { PROVIDER_RETURN } from "./provider-paths.ts";

/** What is asked of a provider, when it leads on from this sign-in. */
export interface Leaving {
  readonly app: App;
  readonly request: LoginRequest;
  readonly provider: IdentityProvider;
}

/**
 * The provider's address for this sign-in. What comes back is for the browser that began it: the
 * binding goes there and back with the proof (ASVS 10.1.2).
 *
 * @throws LatchkeyError `provider_unavailable`, `provider_misconfigured`
 */
export async function providerUrl(
  services: Services,
  { app, request, provider }: Leaving,
): Promise<string> {
  const sealed = await sealLoginRequest(services.master, request);
  const asked = request.provider;
  const isAsked = asked.connectionId === provider.id;
  const prompt = providerPrompt(presetOf(provider), request.prompt);
  return startFlow(services, {
    app,
    provider,
    purpose: {
      kind: "hosted",
      returnPath: `${PROVIDER_RETURN}?${new URLSearchParams({ request: sealed, connection: provider.id })}`,
      data: { binding: request.binding },
    },
    callbackOrigin: services.settings.publicUrl(),
    loginHint: request.email ?? request.loginHint,
    domainHint: isAsked ? asked.domainHint : null,
    // What the app asks of one provider is not for another.
    extraScopes: isAsked ? asked.scopes : [],
    extraParams: {
      ...(prompt !== null && { prompt }),
      ...(isAsked && asked.params),
    },
  });
}
