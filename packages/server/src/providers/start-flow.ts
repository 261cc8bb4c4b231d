import { crypto } from "@latchkey/core/crypto";
import { base64url } from "@latchkey/core/encoding";
import * as client from "openid-client";
import type { App } from "../apps/app-directory.ts";
import type { IdentityProvider } from "../storage/store.ts";
import { callbackUrl } from "./callback-url.ts";
import type { Flow, FlowDeps } from "./flow.ts";
import type { FlowPurpose } from "./flow-purpose.ts";
import { keepStep } from "./flow-step.ts";
import { providerClient } from "./provider-client.ts";
import { providerFailure } from "./provider-failure.ts";
import { issuerOf, scopesOf } from "./provider-preset.ts";
import { openProviderSecret } from "./provider-secret.ts";

export interface StartFlow {
  readonly app: Pick<App, "id">;
  /** Enabled, and of this app: the caller has made sure. */
  readonly provider: IdentityProvider;
  readonly purpose: FlowPurpose;
  /** Where the provider sends the browser back to: of this server, or of the app's session host. */
  readonly callbackOrigin: string;
  readonly loginHint?: string | null;
  readonly domainHint?: string | null;
  readonly extraScopes?: readonly string[];
  /** The app's own parameters for this provider, such as prompt; none of the protocol's. */
  readonly extraParams?: Readonly<Record<string, string>>;
}

/** What no caller decides. */
const RESERVED = new Set([
  ...["response_type", "response_mode", "client_id", "client_secret", "redirect_uri", "scope"],
  ...["state", "nonce", "code_challenge", "code_challenge_method", "request", "request_uri"],
  ...["registration", "id_token_hint", "code", "resource", "dpop_jkt"],
]);

/**
 * The provider's authorization URL for this browser (RFC 6749 section 4.1.1, OpenID Connect Core
 * section 3.1.2.1). State, nonce and PKCE verifier are made for it, and good once, for ten minutes.
 *
 * @throws LatchkeyError `provider_unavailable`, `provider_misconfigured`
 */
export async function startFlow(deps: FlowDeps, input: StartFlow): Promise<string> {
  const { app, provider, purpose } = input;
  const signal = AbortSignal.timeout(deps.upstream.deadlineMs);
  const secret = await openProviderSecret(deps.master, provider);
  const { upstream } = deps;
  const asked = { upstream, provider, secret, signal, now: deps.now() };
  const { config, preset } = await providerClient(asked).catch((error: unknown) => {
    throw providerFailure(provider, error);
  });
  const random = () => base64url(crypto.randomBytes(32));
  const flow: Flow = {
    issuer: issuerOf(provider),
    callbackUrl: callbackUrl(input.callbackOrigin, provider),
    nonce: preset.kind === "oidc" && preset.nonce ? random() : null,
    verifier: preset.pkce ? random() : null,
    purpose,
  };
  const step = { appId: app.id, providerId: provider.id, kind: "flow" } as const;
  const state = await keepStep(deps, step, flow);
  const { loginHint, domainHint, extraParams = {} } = input;
  const own = Object.entries(extraParams).filter(([name]) => !RESERVED.has(name));
  const url = client.buildAuthorizationUrl(config, {
    ...Object.fromEntries(own),
    ...(loginHint && { login_hint: loginHint }),
    ...(domainHint && { domain_hint: domainHint }),
    response_type: "code",
    redirect_uri: flow.callbackUrl,
    scope: scopesOf(provider, input.extraScopes).join(" "),
    state,
    ...(preset.responseMode && { response_mode: preset.responseMode }),
    ...(flow.nonce !== null && { nonce: flow.nonce }),
    ...(flow.verifier !== null && {
      code_challenge: await client.calculatePKCECodeChallenge(flow.verifier),
      code_challenge_method: "S256",
    }),
  });
  return url.href;
}
