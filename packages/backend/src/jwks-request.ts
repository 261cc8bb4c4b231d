import type { PublicJwk } from "@latchkey/core/crypto";

export interface JwksRequest {
  readonly url: string;
  readonly fetch: typeof fetch;
  readonly timeoutMs: number;
}

/**
 * Asks once for a JSON Web Key Set (RFC 7517 section 5) and gives its ES256 keys by `kid`. Throws
 * an Error that says what came instead, also for a set without one usable key: the session server
 * always has a current key, so an empty set is a broken answer and no proof about any token.
 */
export async function requestJwks(request: JwksRequest): Promise<Map<string, PublicJwk>> {
  const { url, fetch, timeoutMs } = request;
  // Not "error" for redirect: Cloudflare Workers refuse it. "no-store": frameworks that cache
  // fetch would hide every rotation.
  const response = await fetch(url, {
    headers: { accept: "application/json" },
    redirect: "manual",
    cache: "no-store",
    signal: AbortSignal.timeout(timeoutMs),
  });
  if (response.status !== 200) {
    const location = response.headers.get("location");
    const hint = location ? ` (to ${location}: serverUrl must name the final address)` : "";
    throw new Error(`${url} answered ${response.status}${hint} instead of a JWKS.`);
  }
  const keys = usableKeys(parseJson(await response.text()));
  if (keys.size === 0) throw new Error(`${url} answered without one ES256 key with a kid.`);
  return keys;
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function usableKeys(jwks: unknown): Map<string, PublicJwk> {
  const keys = new Map<string, PublicJwk>();
  const listed = (jwks as { keys?: unknown } | null | undefined)?.keys;
  for (const jwk of Array.isArray(listed) ? listed : []) {
    if (isEs256(jwk)) keys.set(jwk.kid, { kty: "EC", crv: "P-256", x: jwk.x, y: jwk.y });
  }
  return keys;
}

/** What a set holds for other purposes is passed over (RFC 7517 section 5). */
function isEs256(value: unknown): value is PublicJwk & { readonly kid: string } {
  if (typeof value !== "object" || value === null) return false;
  const jwk = value as Record<string, unknown>;
  return (
    jwk.kty === "EC" &&
    jwk.crv === "P-256" &&
    (jwk.alg === undefined || jwk.alg === "ES256") &&
    (jwk.use === undefined || jwk.use === "sig") &&
    [jwk.kid, jwk.x, jwk.y].every((text) => typeof text === "string" && text !== "")
  );
}
