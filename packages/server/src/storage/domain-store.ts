/**
 * - `awaiting_dns`: the session host does not point here yet
 * - `awaiting_ownership`: it does; the TXT record that proves ownership is missing
 * - `awaiting_approval`: both are there; an operator decides
 * - `active`: the app's cookies are set on this domain
 * - `degraded`: still active, but a record has been missing or wrong for a while
 * - `moved`: it points elsewhere for good; nothing is issued or set here any more
 * - `released`: given up; the domain is free again
 * - `blocked`: an operator refused it
 */
export type DomainState =
  | "awaiting_dns"
  | "awaiting_ownership"
  | "awaiting_approval"
  | "active"
  | "degraded"
  | "moved"
  | "released"
  | "blocked";

export type DomainApproval = "not_needed" | "pending" | "approved" | "refused";

export interface DomainRecord {
  readonly id: string;
  readonly appId: string;
  /** The cookie domain, such as `example.com`. */
  readonly domain: string;
  /** Where this deployment answers on it, such as `privy.example.com`. */
  readonly sessionHost: string;
  /** The unguessable name below LATCHKEY_CNAME_ZONE that this claim alone was given. */
  readonly targetLabel: string;
  readonly ownershipToken: string;
  readonly state: DomainState;
  /** When it came into this state. */
  readonly stateAt: number;
  readonly blockCode: string | null;
  readonly approval: DomainApproval;
  /** Why an operator decides; null when nobody has to. */
  readonly approvalReason: string | null;
  /** The operator's own words. */
  readonly decision: string | null;
  /** Checks since the state changed last or somebody asked; decides the back-off. */
  readonly attempts: number;
  /** Conclusive checks in a row that found a record missing or wrong. */
  readonly misses: number;
  /** When the first of them was. */
  readonly missingAt: number | null;
  readonly checkedAt: number | null;
  readonly nextCheckAt: number;
  /** JSON of the last check's report. */
  readonly report: string | null;
  readonly activatedAt: number | null;
  readonly releasedAt: number | null;
  /** Grows with every change. */
  readonly version: number;
  readonly createdAt: number;
  readonly updatedAt: number;
}

export type NewDomain = Pick<
  DomainRecord,
  | "id"
  | "appId"
  | "domain"
  | "sessionHost"
  | "targetLabel"
  | "ownershipToken"
  | "approval"
  | "approvalReason"
>;

export type ClaimResult =
  | { readonly kind: "claimed"; readonly domain: DomainRecord }
  /** Another app has it, or this one has it already. */
  | { readonly kind: "domain_taken"; readonly by: DomainRecord }
  /** The app has another one: there is one cookie domain per app. */
  | { readonly kind: "app_has_domain"; readonly domain: DomainRecord };

/** What a check or a decision changes; what is left out stays. */
export type DomainChanges = Partial<
  Pick<
    DomainRecord,
    | "state"
    | "blockCode"
    | "approval"
    | "decision"
    | "attempts"
    | "misses"
    | "missingAt"
    | "checkedAt"
    | "report"
  >
> & {
  /** From now; what is left out leaves the time as it is. */
  readonly nextCheckInMs?: number;
};

/** A line of the trail; `data` is JSON. */
export interface DomainEvent {
  readonly type: string;
  readonly data: string | null;
  readonly at: number;
}

export type NewDomainEvent = Omit<DomainEvent, "at">;

export interface DomainStore {
  /**
   * One owner per domain and one domain per app, whoever comes first. A target label is never given
   * twice. A domain that an operator has refused, or not decided about, before it was released waits
   * for a decision again, whoever claims it.
   */
  claim(domain: NewDomain, event: NewDomainEvent): Promise<ClaimResult>;
  find(id: string): Promise<DomainRecord | null>;
  /** The one that is not released; so are the two below. */
  findByDomain(domain: string): Promise<DomainRecord | null>;
  findBySessionHost(host: string): Promise<DomainRecord | null>;
  ofApp(appId: string): Promise<DomainRecord | null>;
  /** Whether this deployment knew the domain and released it; remembered for good. */
  wasReleased(domain: string): Promise<boolean>;
  /** Those that are not released, by name. */
  list(): Promise<DomainRecord[]>;
  /**
   * Writes the changes and a line of the trail together, unless the row changed since `version` or
   * was released: then null, and nothing is written. `released` also frees the domain and buries its
   * target label.
   */
  update(
    domain: Pick<DomainRecord, "id" | "version">,
    changes: DomainChanges,
    event: NewDomainEvent | null,
  ): Promise<DomainRecord | null>;
  /** Those whose check is due, at most `limit`, hidden from every other server for `leaseMs`. */
  takeDue(limit: number, leaseMs: number): Promise<DomainRecord[]>;
  /** Newest first. */
  events(domainId: string, limit: number): Promise<DomainEvent[]>;
}
