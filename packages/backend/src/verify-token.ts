import type { VerifyingKey } from "@latchkey/core/crypto";
import { fromUtf8, utf8 } from "@latchkey/core/encoding";
import { LatchkeyError } from "@latchkey/core/errors";
import { verifyAccessToken } from "@latchkey/core/tokens/browser-tokens";
import type { SignedIn, TokenResult } from "./auth-result.ts";
import type { KeySource } from "./key-source.ts";
import { createTokenCache } from "./token-cache.ts";

export interface TokenVerifierOptions {
  readonly appId: string;
  readonly clockToleranceSeconds: number;
  readonly cacheSize: number;
  readonly now: () => number;
  readonly keySource: KeySource;
}

/** Verifies access tokens and remembers the good ones, each for as long as its key is current. */
export function createTokenVerifier(options: TokenVerifierOptions) {
  const { appId, clockToleranceSeconds, keySource } = options;
  const cache = createTokenCache<SignedIn>(options.cacheSize);
  const nowSeconds = () => options.now() / 1_000;

  function remembered(token: string): SignedIn | undefined {
    const entry = cache.get(token);
    if (!entry) return undefined;
    const alive = nowSeconds() < entry.result.expiresAt + clockToleranceSeconds;
    if (alive && keySource.peek(entry.kid) === entry.key) return entry.result;
    cache.delete(token);
    return undefined;
  }

  async function verify(token: string): Promise<TokenResult> {
    let used: { kid: string; key: VerifyingKey } | undefined;
    const keyFor = async (kid: string) => {
      const key = await keySource.keyFor(kid);
      if (key) used = { kid, key };
      return key;
    };
    // The clock is read before any wait for keys, and again for every repeat of the token.
    const now = nowSeconds();
    const verdict = await verifyAccessToken(token, { appId, now, clockToleranceSeconds, keyFor });
    if (!verdict.ok) {
      const { reason } = verdict;
      return reason === "expired"
        ? { status: "signed_out", reason }
        : { status: "signed_out", reason: "invalid", detail: reason };
    }
    const { sub, sid, iat, exp } = verdict.claims;
    const result: SignedIn = Object.freeze({
      status: "signed_in",
      userId: sub,
      sessionId: sid,
      issuedAt: iat,
      expiresAt: exp,
      token: detached(token),
    });
    if (used) cache.add({ result, ...used });
    return result;
  }

  return async (token: string): Promise<TokenResult> => {
    const known = remembered(token);
    if (known) return known;
    try {
      return await verify(token);
    } catch (error) {
      if (!(error instanceof LatchkeyError) || error.code !== "keys_unavailable") throw error;
      const { retryAfter = 1 } = error;
      return { status: "unavailable", code: "keys_unavailable", retryAfter };
    }
  };
}

/** A token cut out of a Cookie header keeps the whole header in memory; a copy does not. */
function detached(token: string): string {
  return fromUtf8(utf8(token));
}
