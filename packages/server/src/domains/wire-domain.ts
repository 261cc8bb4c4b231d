import type { DomainStatus } from "./domains.ts";

/** A domain as the API and `latchkey domains … --json` tell it; times are ISO 8601. */
export interface WireDomain {
  readonly domain: string;
  readonly app_id: string;
  readonly session_host: string;
  readonly state: string;
  readonly state_since: string;
  /** Why it is blocked, or why an operator decides; the operator's own words last. */
  readonly block_code: string | null;
  readonly approval: string;
  readonly approval_reason: string | null;
  readonly decision: string | null;
  readonly checked_at: string | null;
  readonly next_check_at: string;
  readonly created_at: string;
  readonly records: readonly WireRecord[];
  readonly findings: readonly WireFinding[];
}

interface WirePasted {
  readonly type: string;
  readonly name: string;
  readonly value: string;
}

interface WireRecord extends WirePasted {
  readonly purpose: string;
  readonly optional: boolean;
  /** ok, bad, mixed (not everywhere yet) or unknown */
  readonly status: string;
  readonly seen: readonly string[];
}

interface WireFinding {
  readonly verdict: string;
  /** error, warning or info */
  readonly severity: string;
  readonly message: string;
  readonly records: readonly WirePasted[];
}

export function toWireDomain({ domain, records, findings }: DomainStatus): WireDomain {
  return {
    domain: domain.domain,
    app_id: domain.appId,
    session_host: domain.sessionHost,
    state: domain.state,
    state_since: iso(domain.stateAt),
    block_code: domain.blockCode,
    approval: domain.approval,
    approval_reason: domain.approvalReason,
    decision: domain.decision,
    checked_at: domain.checkedAt === null ? null : iso(domain.checkedAt),
    next_check_at: iso(domain.nextCheckAt),
    created_at: iso(domain.createdAt),
    records: records.map(({ type, name, value, purpose, isOptional, status, seen }) => ({
      type,
      name,
      value,
      purpose,
      optional: isOptional,
      status,
      seen,
    })),
    findings: findings.map(({ verdict, severity, message, records: pasted }) => ({
      verdict,
      severity,
      message,
      records: pasted,
    })),
  };
}

const iso = (at: number): string => new Date(at).toISOString();
