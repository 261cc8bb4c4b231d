/** Tables of the apps' own domains; the conventions are those of schema.ts. */

export interface DomainTable {
  id: string;
  app_id: string;
  /** The cookie domain, such as example.com */
  domain: string;
  /** Where this deployment answers on it, such as privy.example.com */
  session_host: string;
  target_label: string;
  ownership_token: string;
  /** DomainState */
  state: string;
  state_at: number;
  /** Why it is blocked */
  block_code: string | null;
  /** not_needed, pending, approved or refused */
  approval: string;
  /** Why an operator decides */
  approval_reason: string | null;
  /** What the operator gave as reason */
  decision: string | null;
  /** Checks since the state changed last or somebody asked */
  attempts: number;
  /** Conclusive checks in a row that found a record missing or wrong */
  misses: number;
  missing_at: number | null;
  /** When a check last came to a verdict, outages included */
  checked_at: number | null;
  next_check_at: number;
  /** JSON of the last check's report */
  report: string | null;
  activated_at: number | null;
  released_at: number | null;
  /** Grows with every change */
  version: number;
  created_at: number;
  updated_at: number;
}

export interface DomainEventTable {
  id: string;
  domain_id: string;
  domain: string;
  app_id: string;
  type: string;
  data: string | null;
  at: number;
}

/** Labels ever given out below LATCHKEY_CNAME_ZONE: a row outlives its domain as a tombstone. */
export interface TargetLabelTable {
  id: string;
  domain: string;
  app_id: string;
  created_at: number;
  released_at: number | null;
}

export interface DomainTables {
  domains: DomainTable;
  domain_events: DomainEventTable;
  target_labels: TargetLabelTable;
}
