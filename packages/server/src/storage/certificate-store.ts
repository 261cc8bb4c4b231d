/**
 * - `none`: nothing was tried yet
 * - `checking_caa`, `issuing`: the first certificate is on its way
 * - `live`: it is served, until `renewAt`
 * - `renewing`: it is served, and the next one is on its way
 * - `failed`: the last attempt did; what there was before is served on, and `retryAt` tries again
 */
export type CertificateState = "none" | "checking_caa" | "issuing" | "live" | "renewing" | "failed";

export type ChallengeType = "http-01" | "dns-01";

/** Without its keys. */
export interface CertificateRecord {
  readonly hostname: string;
  readonly state: CertificateState;
  /** Grows with every change. */
  readonly version: number;
  /** PEM, leaf first; null before the first one. */
  readonly chain: string | null;
  readonly notBeforeAt: number | null;
  readonly notAfterAt: number | null;
  readonly renewAt: number | null;
  readonly errorCode: string | null;
  readonly errorDetail: string | null;
  /** Failed attempts in a row; decides the back-off. */
  readonly failures: number;
  readonly retryAt: number | null;
  /** JSON of the CA's renewal information (RFC 9773). */
  readonly ari: string | null;
  readonly ariCheckAt: number | null;
  readonly createdAt: number;
  readonly updatedAt: number;
}

/** What a listener needs to answer a handshake. */
export interface ServedCertificate {
  readonly hostname: string;
  readonly version: number;
  readonly chain: string;
  readonly sealedKey: string;
}

export interface AcmeOrder {
  readonly id: string;
  readonly hostname: string;
  readonly directoryUrl: string;
  /** Null until the CA has answered. */
  readonly orderUrl: string | null;
  readonly method: ChallengeType;
  /** Key of the certificate that is asked for. */
  readonly sealedKey: string;
  /** Random for each claim: whoever lost the order to another writes nothing any more. */
  readonly leaseHolder: string;
  readonly expiresAt: number;
}

export type NewOrder = Pick<
  AcmeOrder,
  "id" | "hostname" | "directoryUrl" | "method" | "sealedKey" | "leaseHolder"
> & {
  readonly leaseMs: number;
  /** After which a resumed order would be refused by the CA. */
  readonly lifetimeMs: number;
};

export interface NewChallenge {
  readonly type: ChallengeType;
  readonly token: string;
  /** The key authorization; of dns-01 what stands in the TXT record. */
  readonly value: string;
  readonly lifetimeMs: number;
}

export interface IssuedCertificate {
  readonly chain: string;
  readonly notBeforeAt: number;
  readonly notAfterAt: number;
  readonly renewAt: number;
  readonly ari: string | null;
  readonly ariCheckAt: number | null;
}

export interface CertificateSummary {
  readonly state: CertificateState;
  readonly count: number;
  /** Null where none of them was ever issued. */
  readonly soonestNotAfterAt: number | null;
}

export interface CertificateFailure {
  readonly code: string;
  readonly detail: string;
  readonly retryInMs: number;
}

export type HeldOrder = Pick<AcmeOrder, "id" | "hostname" | "leaseHolder">;

/**
 * At most one order for a name is worked on at a time, by whoever holds its lease. What takes an
 * order and its holder answers false, and writes nothing, once another has taken the order over.
 *
 * `ownHosts` are the deployment's own names: they need no domain.
 */
export interface CertificateStore {
  /**
   * Session hosts of domains that wait for their records, where no operator has to decide, with the
   * report of the last check; only those whose report speaks of a delegated challenge.
   */
  waiting(limit: number): Promise<{ readonly hostname: string; readonly report: string }[]>;
  /** Makes the row of every active domain's session host, and of `ownHosts`, at most `limit`. */
  adopt(ownHosts: readonly string[], limit: number): Promise<number>;
  /** Names to be worked on now, by whom nobody does; only those whose domain is active. */
  due(ownHosts: readonly string[], limit: number): Promise<string[]>;
  /**
   * Takes a due name: a stored order that its holder left is resumed, else `order` is the one.
   * Null when the name is not due any more, or somebody else has it.
   */
  claim(order: NewOrder): Promise<{ order: AcmeOrder; certificate: CertificateRecord } | null>;
  /** Prolongs the lease, and keeps what is learned on the way. */
  advance(
    order: HeldOrder,
    leaseMs: number,
    change?: { readonly state?: CertificateState; readonly orderUrl?: string },
  ): Promise<boolean>;
  addChallenge(order: HeldOrder, challenge: NewChallenge): Promise<boolean>;
  /** The order's key becomes the certificate's; order and challenges are gone. */
  finish(order: HeldOrder, certificate: IssuedCertificate): Promise<boolean>;
  /** Gives the order up. */
  fail(order: HeldOrder, failure: CertificateFailure): Promise<boolean>;
  /** Leaves the order as it is, for any instance to resume it then. */
  postpone(order: HeldOrder, failure: CertificateFailure): Promise<boolean>;

  find(hostname: string): Promise<CertificateRecord | null>;
  /** By name. */
  list(): Promise<CertificateRecord[]>;
  /** How many there are in each state, and when the first of them expires. */
  summary(): Promise<CertificateSummary[]>;
  /** Makes a name due now; false when there is no such row. */
  requestRenewal(hostname: string): Promise<boolean>;
  /** Live ones whose renewal information is to be asked again. */
  dueForRenewalInfo(limit: number): Promise<CertificateRecord[]>;
  /** Unless the row changed since `version`. */
  setRenewalInfo(
    certificate: Pick<CertificateRecord, "hostname" | "version">,
    info: Pick<IssuedCertificate, "renewAt" | "ari" | "ariCheckAt">,
  ): Promise<boolean>;
  /** Deletes the rows whose domain was released or blocked, at most `limit`; how many went. */
  drop(ownHosts: readonly string[], limit: number): Promise<number>;

  /** Null for what this deployment does not answer for; "same" when its version is `known`. */
  served(
    hostname: string,
    ownHosts: readonly string[],
    known?: number,
  ): Promise<ServedCertificate | "same" | null>;
  /** What the CA should be answered on this host, or null. */
  httpChallenge(hostname: string, token: string): Promise<string | null>;
  /** The TXT values of live challenges of the domain that was given this label. */
  dnsChallenges(targetLabel: string): Promise<string[]>;

  /** The deployment's account at a CA, whose key is `sealedKey` unless there was one before. */
  account(
    directoryUrl: string,
    sealedKey: string,
  ): Promise<{ sealedKey: string; accountUrl: string | null }>;
  setAccountUrl(directoryUrl: string, accountUrl: string): Promise<void>;
}
