import type { AccountKey } from "./user-store.ts";

/** A sign-in at this deployment's own pages, which several of its apps may use. */
export interface SignInRecord {
  /** Keyed hash of the cookie's value. */
  readonly id: string;
  /** Where it happened, and as whom. */
  readonly appId: string;
  readonly userId: string;
  /** What was proven; another app finds its own user by it. */
  readonly account: AccountKey;
  readonly authMethod: string;
  readonly authenticatedAt: number;
  readonly expiresAt: number;
}

export interface SignInStore {
  /** Locks the user row and checks its state (R6): null when the user is disabled or gone. */
  begin(
    signIn: Omit<SignInRecord, "authenticatedAt" | "expiresAt"> & { readonly lifetimeMs: number },
  ): Promise<SignInRecord | null>;
  /** Null when unknown or over, or when its user is disabled, gone or has another account now. */
  find(id: string): Promise<SignInRecord | null>;
  end(id: string): Promise<void>;
  /**
   * Whether a session of the user was ended by somebody else's decision (revoked, found stolen,
   * disabled) after `since`: an older sign-in must not begin the next one unasked.
   */
  wasThrownOut(userId: string, since: number): Promise<boolean>;
}
