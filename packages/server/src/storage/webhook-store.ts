import type { DomainRecord } from "./domain-store.ts";
import type { Invitation } from "./invitation-store.ts";
import type { Membership, Organization } from "./organization-store.ts";
import type { Session } from "./session-store.ts";
import type { Account, User } from "./user-store.ts";

/** What happened, in the store's terms, as it was in the transaction that made it true. */
export type Happening =
  | {
      readonly type: "user.created" | "user.deleted" | "user.disabled" | "user.enabled";
      readonly user: User;
    }
  | {
      readonly type:
        | "user.authenticated"
        | "user.linked_account"
        | "user.unlinked_account"
        | "user.updated_account";
      readonly user: User;
      readonly account: Account;
    }
  | {
      readonly type: "user.transferred_account";
      readonly user: User;
      readonly account: Account;
      readonly fromUserId: string;
    }
  | {
      readonly type:
        | "session.created"
        | "session.ended"
        | "session.revoked"
        | "session.reuse_detected";
      readonly session: Session;
      /** `user_…`; null when there is no user any more. */
      readonly serverUserId: string | null;
    }
  | {
      readonly type: "organization.created" | "organization.updated" | "organization.deleted";
      readonly organization: Organization;
    }
  | {
      readonly type:
        | "organization_membership.created"
        | "organization_membership.updated"
        | "organization_membership.deleted";
      readonly membership: Membership;
    }
  | {
      readonly type: "invitation.created" | "invitation.accepted" | "invitation.revoked";
      readonly invitation: Omit<Invitation, "sealedToken">;
    }
  | { readonly type: "domain.updated"; readonly domain: DomainRecord }
  | { readonly type: "webhook.test" };

export type WebhookEventType = Happening["type"];

/** What is said of an event of this type. */
export type HappeningOf<T extends WebhookEventType> = OfType<Happening, T>;
type OfType<H extends Happening, T> = H extends unknown
  ? T extends H["type"]
    ? Omit<H, "type">
    : never
  : never;

export interface WebhookEndpoint {
  readonly id: string;
  readonly appId: string;
  readonly url: string;
  readonly description: string;
  /** Empty: every type, those of later releases included. */
  readonly events: readonly string[];
  readonly sealedSecret: string;
  /** Signs too, until it expires. */
  readonly previousSealedSecret: string | null;
  readonly previousExpiresAt: number | null;
  readonly enabled: boolean;
  /** gone: it answered 410; failing: it accepted nothing for days; admin: somebody turned it off. */
  readonly disabledReason: "gone" | "failing" | "admin" | null;
  readonly disabledAt: number | null;
  /** Since when it accepted nothing; null while it accepts, and before the first delivery. */
  readonly failingAt: number | null;
  readonly version: number;
  readonly createdAt: number;
  readonly updatedAt: number;
}

export type NewWebhookEndpoint = Pick<
  WebhookEndpoint,
  "id" | "appId" | "url" | "description" | "events" | "sealedSecret"
>;

export interface WebhookEndpointChange {
  readonly url?: string | undefined;
  readonly description?: string | undefined;
  readonly events?: readonly string[] | undefined;
  readonly enabled?: boolean | undefined;
}

/** One event on its way to one endpoint. */
export interface WebhookDelivery {
  readonly id: string;
  readonly endpointId: string;
  readonly eventId: string;
  readonly type: string;
  readonly state: "pending" | "delivered" | "failed";
  /** In the schedule that runs now: a resend begins it anew. */
  readonly tries: number;
  /** When it is tried next; null when it is done. */
  readonly dueAt: number | null;
  readonly lastStatus: number | null;
  readonly createdAt: number;
}

export interface WebhookAttempt {
  readonly id: string;
  /** Of the answer; null when there was none. */
  readonly status: number | null;
  /** Why there was none, or why it does not count. */
  readonly error: string | null;
  /** The beginning of it. */
  readonly answer: string | null;
  readonly durationMs: number;
  readonly at: number;
}

export interface StoredEvent {
  readonly id: string;
  readonly appId: string;
  readonly createdAt: number;
  readonly happening: Happening;
}

/** What one server took on; nobody else tries until the lease is over. */
export interface ClaimedDelivery {
  readonly delivery: WebhookDelivery;
  readonly claim: string;
  readonly endpoint: WebhookEndpoint;
  readonly event: StoredEvent;
}

export interface AttemptResult {
  readonly status: number | null;
  readonly error: string | null;
  readonly answer: string | null;
  readonly durationMs: number;
}

export type AfterAttempt =
  | { readonly kind: "delivered" }
  | { readonly kind: "retry"; readonly inMs: number }
  /** `disable`: the endpoint said that it is gone. */
  | { readonly kind: "failed"; readonly disable: "gone" | null };

/** The place of a delivery in its endpoint's log. */
export type DeliveryPlace = Pick<WebhookDelivery, "createdAt" | "id">;

export interface WebhookStore {
  endpoints(appId: string): Promise<WebhookEndpoint[]>;
  findEndpoint(appId: string, id: string): Promise<WebhookEndpoint | null>;
  /** False when the app has `max` already. */
  createEndpoint(endpoint: NewWebhookEndpoint, max: number): Promise<boolean>;
  /**
   * Null when somebody changed it since `version`. Turned off, what waits for it is given up; turned
   * on, it begins without a past.
   */
  updateEndpoint(
    endpoint: Pick<WebhookEndpoint, "id" | "version">,
    change: WebhookEndpointChange,
  ): Promise<WebhookEndpoint | null>;
  /** With its deliveries. */
  deleteEndpoint(appId: string, id: string): Promise<boolean>;
  /** The one before signs beside it for `overlapMs`. */
  replaceSecret(id: string, sealedSecret: string, overlapMs: number): Promise<void>;

  /** An event for this endpoint alone, whatever types it takes; the delivery's id. */
  addTest(endpoint: Pick<WebhookEndpoint, "id" | "appId">): Promise<string>;

  /** Newest first. */
  deliveries(
    endpointId: string,
    options: {
      readonly state?: WebhookDelivery["state"] | undefined;
      readonly after: DeliveryPlace | null;
      readonly limit: number;
    },
  ): Promise<WebhookDelivery[]>;
  findDelivery(endpointId: string, id: string): Promise<WebhookDelivery | null>;
  /** Oldest first. */
  attempts(deliveryId: string): Promise<WebhookAttempt[]>;
  /** Null once it was purged. */
  findEvent(id: string): Promise<StoredEvent | null>;
  /** Begins the schedule anew. */
  resend(deliveryId: string): Promise<void>;
  /** The same for those that failed and were made since then; how many. */
  resendFailed(endpointId: string, since: number): Promise<number>;

  /**
   * Takes what is due, for `leaseMs`: no other server takes the same until then. At most `perEndpoint`
   * of an endpoint, less what the caller has `running` for it.
   */
  claim(options: {
    readonly limit: number;
    readonly perEndpoint: number;
    readonly running: ReadonlyMap<string, number>;
    readonly leaseMs: number;
  }): Promise<ClaimedDelivery[]>;
  /**
   * Keeps what an attempt came to. False when the claim ran out and another has it. An endpoint that
   * is gone, or whose delivery was given up after nothing was accepted for `failingMs`, is turned off.
   */
  finish(
    claimed: Pick<ClaimedDelivery, "delivery" | "claim">,
    result: AttemptResult,
    after: AfterAttempt,
    failingMs: number,
  ): Promise<boolean>;
  /** When the one that waits longest was due; null when nothing waits. */
  oldestDue(): Promise<number | null>;
}
