import type { NewReplay, NewSession, Session } from "./session-store.ts";
import type { User } from "./user-store.ts";

/** A device that asks to be signed in, as the person who decides sees it (RFC 8628). */
export interface DeviceGrant {
  /** Keyed hash of the device code. */
  readonly id: string;
  readonly appId: string;
  /** What the device said of itself. */
  readonly userAgent: string | null;
  /** Where it asked from. */
  readonly ip: string | null;
}

export interface NewDeviceGrant extends DeviceGrant {
  /** Keyed hash of the code that a person types. */
  readonly userCode: string;
  /** How long the device waits between two polls. */
  readonly intervalMs: number;
  readonly lifetimeMs: number;
}

export type DeviceDecision =
  | {
      readonly kind: "approved";
      readonly userId: string;
      readonly authMethod: string;
      /** When they proved who they are, by the database's clock. */
      readonly authenticatedAt: number;
    }
  | { readonly kind: "denied" };

export interface DeviceExchangeRequest {
  /** The grant's id. */
  readonly id: string;
  /** Its user and time of authentication come from the grant's row. */
  readonly session: NewSession;
  readonly replay: NewReplay | null;
}

export type DeviceExchangeResult =
  | { readonly kind: "signed_in"; readonly user: User; readonly session: Session }
  /** A live answer is kept under the replay's id: another request began this session. */
  | { readonly kind: "repeated" }
  | {
      readonly kind:
        | "unknown"
        /** Nobody has decided yet. */
        | "pending"
        /** The same, asked too soon: the interval grew (RFC 8628 section 3.5). */
        | "too_fast"
        | "denied"
        /** Its time is over, or the user was signed out everywhere after it was approved. */
        | "code_expired"
        | "code_spent"
        | "no_such_user"
        | "user_disabled";
    };

export interface DeviceGrantStore {
  /** False when another grant has this user code. */
  create(grant: NewDeviceGrant): Promise<boolean>;
  /** The live grant that waits for a decision. */
  findPending(
    by: { readonly userCode: string } | { readonly id: string },
  ): Promise<DeviceGrant | null>;
  /** The first decision of a live grant; false for every other. */
  decide(id: string, decision: DeviceDecision): Promise<boolean>;
  /** Counts a poll or, once approved, spends the grant and begins its session, in one transaction. */
  exchange(request: DeviceExchangeRequest): Promise<DeviceExchangeResult>;
}
