import type { PublicJwk } from "@latchkey/core/crypto";
import type { Protocol } from "./session-store.ts";

export interface SigningKeyRecord {
  readonly kid: string;
  readonly appId: string;
  readonly protocol: Protocol;
  readonly publicJwk: PublicJwk;
  /** The private JWK under the master key; see keys/signing-keys.ts. */
  readonly sealedPrivateJwk: string;
  readonly createdAt: number;
  readonly activeAt: number;
  readonly retiredAt: number | null;
}

export interface TokenKeyRecord {
  readonly kid: string;
  readonly salt: string;
  readonly activeAt: number;
  readonly retiredAt: number | null;
}

export interface KeyStore {
  signingKeys(appId: string, protocol: Protocol): Promise<SigningKeyRecord[]>;
  /** Adds a key that signs from `leadMs` on; the ones before leave the JWKS `overlapMs` after that. */
  addSigningKey(
    key: Pick<SigningKeyRecord, "kid" | "appId" | "protocol" | "publicJwk" | "sealedPrivateJwk">,
    timing: { leadMs: number; overlapMs: number },
  ): Promise<void>;
  tokenKeys(): Promise<TokenKeyRecord[]>;
  addTokenKey(key: { kid: string; salt: string }): Promise<void>;
  /** From now on its tokens are answered with the terminal `key_retired`. */
  retireTokenKey(kid: string): Promise<boolean>;
  /** Sets a value once; answers the one that is kept. */
  meta(key: string, valueIfAbsent?: string): Promise<string | null>;
  setMeta(key: string, value: string): Promise<void>;
}
