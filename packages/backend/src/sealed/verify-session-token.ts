import type { VerifyingKey } from "@latchkey/core/crypto";
import { LatchkeyError } from "@latchkey/core/errors";
import {
  type AppServerTokenClaims,
  verifyAppServerToken,
} from "@latchkey/core/tokens/app-server-tokens";
import { decodeJwt } from "@latchkey/core/tokens/jwt";
import type { KeySource } from "../key-source.ts";
import { createTokenCache } from "../token-cache.ts";

export type TokenVerdict =
  | { readonly kind: "valid"; readonly claims: AppServerTokenClaims }
  /** Authentic, and over. */
  | { readonly kind: "expired"; readonly claims: AppServerTokenClaims }
  /** Of another client id: a cookie shared with another app. */
  | { readonly kind: "other_client" }
  | { readonly kind: "invalid"; readonly detail: string }
  /** The keys cannot be read; `retryAfter` in seconds. */
  | { readonly kind: "unavailable"; readonly retryAfter: number };

export interface SessionTokenOptions {
  readonly issuer: string;
  readonly clientId: string;
  readonly keySource: KeySource;
  readonly cacheSize: number;
  /** Milliseconds since the epoch. */
  readonly now: () => number;
}

export type VerifySessionToken = (token: string) => Promise<TokenVerdict>;

/** Verifies access tokens and remembers the good ones, each for as long as its key is current. */
export function createSessionTokenVerifier(options: SessionTokenOptions): VerifySessionToken {
  const { issuer, clientId, keySource, now } = options;
  const cache = createTokenCache<{
    readonly token: string;
    readonly claims: AppServerTokenClaims;
  }>(options.cacheSize);

  async function verify(token: string): Promise<TokenVerdict> {
    let used: { kid: string; key: VerifyingKey } | undefined;
    const keyFor = async (kid: string) => {
      const key = await keySource.keyFor(kid);
      if (key) used = { kid, key };
      return key;
    };
    const verdict = await verifyAppServerToken(token, { issuer, now: now() / 1_000, keyFor });
    if (verdict.ok) {
      if (used) cache.add({ result: { token, claims: verdict.claims }, ...used });
      return { kind: "valid", claims: verdict.claims };
    }
    if (verdict.reason === "expired") return { kind: "expired", claims: verdict.claims };
    // A server that moved to another address still knows its sessions: those may be refreshed.
    const isOthers = verdict.reason === "wrong_issuer" && !namesClient(token, clientId);
    return isOthers ? { kind: "other_client" } : { kind: "invalid", detail: verdict.reason };
  }

  return async (token) => {
    const known = cache.get(token);
    if (known && now() / 1_000 < known.result.claims.exp) {
      if (keySource.peek(known.kid) === known.key) {
        return { kind: "valid", claims: known.result.claims };
      }
    }
    if (known) cache.delete(token);
    try {
      return await verify(token);
    } catch (error) {
      if (!(error instanceof LatchkeyError) || error.code !== "keys_unavailable") throw error;
      return { kind: "unavailable", retryAfter: error.retryAfter ?? 1 };
    }
  };
}

/** The claim alone, unproven: enough to leave a cookie alone, never to believe it. */
function namesClient(token: string, clientId: string): boolean {
  const payload = decodeJwt(token)?.payload;
  return String(payload?.iss).endsWith(`/${clientId}`) || payload?.client_id === clientId;
}
