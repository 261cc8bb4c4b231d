import type { User } from "./user-store.ts";

/** Leave to choose a new password, for whoever holds its token. */
export interface PasswordReset {
  /** `password_reset_…` */
  readonly id: string;
  readonly appId: string;
  readonly userId: string;
  /** Where the token was mailed to. */
  readonly email: string;
  /** Under the master key; see users/password-resets.ts. */
  readonly sealedToken: string;
  readonly createdAt: number;
  readonly expiresAt: number;
}

export interface PasswordResetStore {
  create(
    reset: Omit<PasswordReset, "createdAt" | "expiresAt"> & {
      /** Keyed hash. */
      readonly tokenHash: string;
      readonly lifetimeMs: number;
    },
  ): Promise<PasswordReset>;
  /** Kept for a day after it ran out. */
  find(appId: string, id: string): Promise<PasswordReset | null>;
  /** Null once it was used or ran out. */
  findByToken(tokenHash: string): Promise<PasswordReset | null>;
  /**
   * Spends it and every other of the user, counts the address as proven, sets the password and ends
   * what the one before had begun, or none of it.
   */
  redeem(request: {
    readonly appId: string;
    readonly tokenHash: string;
    readonly passwordHash: string;
  }): Promise<
    | { readonly kind: "reset"; readonly user: User }
    | { readonly kind: "invalid_token" | "user_disabled" }
  >;
}
