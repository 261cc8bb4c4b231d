/** Tables of certificates and of their orders (RFC 8555); the conventions are those of schema.ts. */

/** One row for each host name that this deployment answers TLS for. */
export interface CertificateTable {
  hostname: string;
  /** none, checking_caa, issuing, live, renewing or failed; apart from the domain's own state */
  state: string;
  /** Grows with every change, so that a listener reads again only what changed */
  version: number;
  sealed_key: string | null;
  /** PEM, leaf first */
  chain: string | null;
  not_before_at: number | null;
  not_after_at: number | null;
  renew_at: number | null;
  error_code: string | null;
  error_detail: string | null;
  failures: number;
  retry_at: number | null;
  /** Renewal information of the CA (RFC 9773): JSON of the certificate's id and the last window */
  ari: string | null;
  ari_check_at: number | null;
  created_at: number;
  updated_at: number;
}

export interface AcmeAccountTable {
  directory_url: string;
  sealed_key: string;
  /** Null until the CA has answered */
  account_url: string | null;
  created_at: number;
  updated_at: number;
}

/** At most one live order for each name; written before the CA is told. */
export interface AcmeOrderTable {
  hostname: string;
  id: string;
  directory_url: string;
  /** Null until the CA has answered */
  order_url: string | null;
  /** http-01, dns-01 or tls-alpn-01 */
  method: string;
  /** Key of the certificate that is asked for, so that any instance can finish the order */
  sealed_key: string;
  /** Who works on it, and until when nobody else does */
  lease_holder: string;
  lease_expires_at: number;
  expires_at: number;
  created_at: number;
  updated_at: number;
}

/** Answered by any instance; written before the CA is told that it is there. */
export interface AcmeChallengeTable {
  id: string;
  order_id: string;
  hostname: string;
  /** http-01, dns-01 or tls-alpn-01 */
  type: string;
  token: string;
  /** The key authorization; of dns-01 what stands in the TXT record */
  value: string;
  created_at: number;
  expires_at: number;
}

export interface CertificateTables {
  certificates: CertificateTable;
  acme_accounts: AcmeAccountTable;
  acme_orders: AcmeOrderTable;
  acme_challenges: AcmeChallengeTable;
}
