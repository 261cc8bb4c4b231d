import type { NewReplay, NewSession, Session } from "./session-store.ts";
import type { User } from "./user-store.ts";

/** A sign-in whose password was right, and which waits for one thing more. */
export interface PendingSignIn {
  /** Keyed hash of its token. */
  readonly id: string;
  readonly appId: string;
  readonly userId: string;
  readonly waitsFor: "email_verification" | "organization_selection";
  readonly email: string;
  readonly authMethod: string;
  readonly authenticatedAt: number;
}

export interface CompletePendingRequest {
  readonly id: string;
  /** The one-time code that proved the address, spent in the same transaction; null for none. */
  readonly codeId: string | null;
  readonly organizationId: string | null;
  /** Its user, method and time of authentication come from the pending sign-in's row. */
  readonly session: NewSession;
  readonly replay: NewReplay | null;
}

export type CompletePendingResult =
  | { readonly kind: "signed_in"; readonly user: User; readonly session: Session }
  /** A live answer is kept under the replay's id: another request began this session. */
  | { readonly kind: "repeated" }
  | {
      readonly kind: /** The one-time code. */
        | "code_spent"
        /** The pending sign-in, which was used, ran out, or was thrown out meanwhile. */
        | "code_expired"
        | "no_such_user"
        | "user_disabled";
    };

export interface PendingSignInStore {
  create(pending: Omit<PendingSignIn, "authenticatedAt"> & { lifetimeMs: number }): Promise<void>;
  /** Null once it was used or ran out. */
  find(appId: string, id: string): Promise<PendingSignIn | null>;
  /** Spends it, proves the address where a code did, and begins the session, or none of it. */
  complete(request: CompletePendingRequest): Promise<CompletePendingResult>;
}
