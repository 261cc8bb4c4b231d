/** What the server asks of a certification authority (RFC 8555); `tls/acme-authority.ts` speaks it. */
import type { ChallengeType } from "../storage/store.ts";

/**
 * Every call is rejected with a LatchkeyError: `acme_problem` when the CA said no (`reason` is the
 * type of RFC 8555 section 6.7 without its prefix, `retryAfter` in seconds when it said so), and
 * `acme_unreachable` when it said nothing that can be understood.
 */
export interface CertificateAuthority {
  readonly directoryUrl: string;
  /** A new private key, PEM. */
  newKey(): Promise<string>;
  /** Makes the account of this key, or finds it; its URL. */
  register(keyPem: string): Promise<string>;
  newOrder(account: Account, hostname: string, replaces: string | null): Promise<CaOrder>;
  order(account: Account, url: string): Promise<CaOrder>;
  authorization(account: Account, order: CaOrder, type: ChallengeType): Promise<Authorization>;
  /** Tells the CA that the challenge can be looked at. */
  accept(account: Account, challengeUrl: string): Promise<void>;
  finalize(account: Account, order: CaOrder, hostname: string, keyPem: string): Promise<CaOrder>;
  /** PEM, leaf first. */
  download(account: Account, order: CaOrder): Promise<string>;
  /** RFC 9773 section 4; null when the CA does not offer it. */
  renewalInfo(certificateId: string): Promise<RenewalInfo | null>;
  /** Null when it is no certificate, or one for another name or key. */
  inspect(chain: string, hostname: string, keyPem: string): CertificateFacts | null;
}

export interface Account {
  readonly keyPem: string;
  readonly url: string;
}

export interface CaOrder {
  readonly url: string;
  readonly status: "pending" | "ready" | "processing" | "valid" | "invalid";
  readonly problem: CaProblem | null;
}

/** Type of RFC 8555 section 6.7, without its prefix. */
export interface CaProblem {
  readonly type: string;
  readonly detail: string;
  /** How long to wait at least; null when the CA did not say. */
  readonly retryAfterMs: number | null;
}

export type Authorization =
  | { readonly kind: "valid" }
  | { readonly kind: "refused"; readonly problem: CaProblem }
  /** The CA offers no challenge of this type. */
  | { readonly kind: "impossible" }
  | {
      readonly kind: "pending";
      readonly url: string;
      readonly token: string;
      /** The key authorization; of dns-01 what belongs into the TXT record. */
      readonly value: string;
      /** The CA was told, and has not come to a verdict. */
      readonly isAccepted: boolean;
    };

export interface RenewalInfo {
  readonly startAt: number;
  readonly endAt: number;
  /** Null when the CA did not say. */
  readonly retryAfterMs: number | null;
}

export interface CertificateFacts {
  readonly notBeforeAt: number;
  readonly notAfterAt: number;
  /** The leaf, DER. */
  readonly der: Uint8Array;
}
