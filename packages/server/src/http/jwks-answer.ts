import type { SigningKeyEntry } from "../keys/signing-keys.ts";
import type { RequestContext } from "./context.ts";
import { allowEveryOrigin } from "./middleware/cors.ts";

/** Published keys (RFC 7517), for anyone, and still usable while this server is away. */
export function jwksAnswer(
  context: RequestContext,
  published: readonly Pick<SigningKeyEntry, "kid" | "publicJwk">[],
): Response {
  context.header("cache-control", "public, max-age=300, stale-if-error=86400");
  allowEveryOrigin(context);
  return context.json({
    keys: published.map(({ kid, publicJwk }) => ({ kid, alg: "ES256", use: "sig", ...publicJwk })),
  });
}
