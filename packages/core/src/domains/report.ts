/** What the doctor concludes, for people and for programs. */

/**
 * - `ok`: every resolver that answered sees it as it should be
 * - `bad`: every resolver that answered sees it missing or wrong, and so does the domain's own server
 * - `mixed`: they do not agree, or it is right at the source and not everywhere yet
 * - `unknown`: none answered
 */
export type RecordStatus = "ok" | "bad" | "mixed" | "unknown";

export interface PastedRecord {
  readonly type: "CNAME" | "TXT" | "CAA";
  readonly name: string;
  readonly value: string;
}

/** A record to set, and what stands there now. */
export interface ShownRecord extends PastedRecord {
  readonly purpose: string;
  readonly isOptional: boolean;
  readonly status: RecordStatus;
  /** Values seen at the name, of the same type or in place of it. */
  readonly seen: readonly string[];
}

export type Verdict =
  | "acme_delegation_elsewhere"
  | "address_instead_of_cname"
  | "aaaa_elsewhere"
  | "caa_at_target"
  | "caa_blocks"
  | "caa_other_issuer_blocked"
  | "caa_unanswered"
  | "caa_unknown_issuer"
  | "cname_at_root"
  | "cname_doubled_name"
  | "cname_doubled_target"
  | "cname_duplicate"
  | "cname_flattened"
  | "cname_loop"
  | "cname_missing"
  | "cname_old_target"
  | "cname_public_host"
  | "cname_wrong"
  | "cname_from_wildcard"
  | "dnssec_failure"
  | "domain_not_found"
  | "held_zone"
  | "name_servers_failing"
  | "not_propagated"
  | "proxied_by_cloudflare"
  | "resolver_unreachable"
  | "resolvers_differ"
  | "resolvers_unreachable"
  | "session_host_delegated"
  | "target_unresolved"
  | "txt_at_root"
  | "txt_doubled_name"
  | "txt_missing"
  | "txt_other_claim"
  | "txt_wrong";

export interface Finding {
  readonly verdict: Verdict;
  /** `error` keeps the domain from working; `warning` may later; `info` only explains. */
  readonly severity: "error" | "warning" | "info";
  /** Whole sentences: what is wrong, and what to do. */
  readonly message: string;
  /** What to set, ready to paste. */
  readonly records: readonly PastedRecord[];
}

export interface DomainReport {
  /** Whether the session host leads here. */
  readonly dns: RecordStatus;
  /** Whether it does so by the CNAME itself, which a proxy or flattening would hide. */
  readonly leadsByName: boolean;
  /** Whether the TXT record proves that the domain's owner wants it. */
  readonly ownership: RecordStatus;
  readonly records: readonly ShownRecord[];
  /** The gravest first. */
  readonly findings: readonly Finding[];
}
