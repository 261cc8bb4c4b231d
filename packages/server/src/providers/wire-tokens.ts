import type { OAuthTokens } from "@latchkey/core/protocol/browser";
import type { IdentityProvider } from "../storage/store.ts";
import type { ProviderTokens } from "./identity.ts";

/** The provider's tokens as the browser protocol has them; `now` in milliseconds. */
export function toWireTokens(
  provider: Pick<IdentityProvider, "slug">,
  tokens: ProviderTokens,
  now: number,
): OAuthTokens {
  const age = Math.max(0, Math.floor((now - tokens.issuedAt) / 1000));
  return {
    provider: provider.slug,
    access_token: tokens.accessToken,
    ...(tokens.expiresIn !== null && {
      access_token_expires_in_seconds: Math.max(0, tokens.expiresIn - age),
    }),
    ...(tokens.refreshToken !== null && { refresh_token: tokens.refreshToken }),
    scopes: [...tokens.scopes],
  };
}
