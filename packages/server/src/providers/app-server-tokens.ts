import type { OAuthTokens } from "@latchkey/core/protocol/app-server";
import type { App } from "../apps/app-directory.ts";
import type { Services } from "../services.ts";
import { findProof } from "./proof.ts";
import { presetOf } from "./provider-preset.ts";

/**
 * The provider's tokens of a sign-in, as the app-server protocol has them; null where the app is not
 * handed them, and two minutes after they came, which only a choice of organization can outlast.
 */
export async function providerTokens(
  services: Pick<Services, "store" | "master">,
  app: App,
  proofCode: string,
): Promise<OAuthTokens | null> {
  // It is used by now, for signing in.
  const proof = await findProof(services, proofCode, { evenUsed: true });
  if (!proof?.tokens || proof.step.appId !== app.id) return null;
  const provider = await services.store.providers.find(app.id, proof.step.providerId);
  if (!provider?.returnTokens) return null;
  const { accessToken, refreshToken, expiresIn, issuedAt, scopes } = proof.tokens;
  return {
    provider: presetOf(provider).authkitName,
    access_token: accessToken,
    refresh_token: refreshToken ?? "",
    expires_at: expiresIn === null ? 0 : Math.floor(issuedAt / 1000) + expiresIn,
    scopes: [...scopes],
  };
}
