import type { Selectable } from "kysely";
import type { AcmeOrderTable, CertificateTable } from "../certificate-tables.ts";
import type { AcmeOrder, CertificateRecord } from "../store.ts";

export function toCertificate(row: Selectable<CertificateTable>): CertificateRecord {
  return {
    hostname: row.hostname,
    state: row.state as CertificateRecord["state"],
    version: row.version,
    chain: row.chain,
    notBeforeAt: row.not_before_at,
    notAfterAt: row.not_after_at,
    renewAt: row.renew_at,
    errorCode: row.error_code,
    errorDetail: row.error_detail,
    failures: row.failures,
    retryAt: row.retry_at,
    ari: row.ari,
    ariCheckAt: row.ari_check_at,
    createdAt: row.created_at,
    updatedAt: row.updated_at,
  };
}

export function toOrder(row: Selectable<AcmeOrderTable>): AcmeOrder {
  return {
    id: row.id,
    hostname: row.hostname,
    directoryUrl: row.directory_url,
    orderUrl: row.order_url,
    method: row.method as AcmeOrder["method"],
    sealedKey: row.sealed_key,
    leaseHolder: row.lease_holder,
    expiresAt: row.expires_at,
  };
}
