import type { Selectable } from "kysely";
import type { DomainTable } from "../domain-tables.ts";
import type { DomainRecord } from "../store.ts";

export function toDomain(row: Selectable<DomainTable>): DomainRecord {
  return {
    id: row.id,
    appId: row.app_id,
    domain: row.domain,
    sessionHost: row.session_host,
    targetLabel: row.target_label,
    ownershipToken: row.ownership_token,
    state: row.state as DomainRecord["state"],
    stateAt: row.state_at,
    blockCode: row.block_code,
    approval: row.approval as DomainRecord["approval"],
    approvalReason: row.approval_reason,
    decision: row.decision,
    attempts: row.attempts,
    misses: row.misses,
    missingAt: row.missing_at,
    checkedAt: row.checked_at,
    nextCheckAt: row.next_check_at,
    report: row.report,
    activatedAt: row.activated_at,
    releasedAt: row.released_at,
    version: row.version,
    createdAt: row.created_at,
    updatedAt: row.updated_at,
  };
}
