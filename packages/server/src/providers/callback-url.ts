/**
 * The redirect URI that is registered at a provider. Those that an administrator describes by an
 * issuer have one of their own: a provider that is not honest could otherwise send the browser to an
 * honest one, whose code would come back here as if it were for the first (mix-up; RFC 9700 section
 * 4.4.2.2). The presets' endpoints are fixed, and share one.
 */
import type { IdentityProvider } from "../storage/store.ts";

export const CALLBACK_PATH = "/api/v1/oauth/callback";

/** `origin`: of this server, or of the app's session host; without a trailing slash. */
export function callbackUrl(
  origin: string,
  provider: Pick<IdentityProvider, "id" | "issuer" | "preset">,
): string {
  const isDescribed = provider.preset === "oidc" || provider.issuer !== null;
  return `${origin}${CALLBACK_PATH}${isDescribed ? `/${provider.id}` : ""}`;
}
