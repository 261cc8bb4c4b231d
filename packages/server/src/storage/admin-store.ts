export type AdminRole = "viewer" | "editor" | "owner";

export interface AdminRecord {
  readonly id: string;
  readonly email: string;
  readonly role: AdminRole;
  readonly lastSeenAt: number | null;
  readonly createdAt: number;
}

export interface AdminInvitationRecord {
  readonly id: string;
  /** Null: whoever opens it says which. */
  readonly email: string | null;
  readonly role: AdminRole;
  readonly createdAt: number;
  readonly expiresAt: number;
}

export interface AdminApiKeyRecord {
  readonly id: string;
  readonly name: string;
  readonly role: AdminRole;
  readonly lastUsedAt: number | null;
  readonly createdAt: number;
  readonly expiresAt: number | null;
}

export type RedeemResult =
  | { readonly kind: "redeemed"; readonly admin: AdminRecord }
  /** Nothing is spent in these cases. */
  | { readonly kind: "unknown" | "address_needed" | "other_address" | "address_taken" };

export interface AdminStore {
  /** By age. */
  list(): Promise<AdminRecord[]>;
  find(id: string): Promise<AdminRecord | null>;
  findByEmail(email: string): Promise<AdminRecord | null>;
  /** Null when there is none; `last_owner` when no other owner would be left. */
  changeRole(id: string, role: AdminRole): Promise<AdminRecord | "last_owner" | null>;
  /** As changeRole. */
  remove(id: string): Promise<AdminRecord | "last_owner" | null>;
  /** Notes the time, at most once a minute. */
  seen(id: string): Promise<void>;
  invite(
    invitation: { id: string; tokenHash: string; email: string | null; role: AdminRole },
    lifetimeMs: number,
  ): Promise<AdminInvitationRecord>;
  /** Those still open. */
  invitations(): Promise<AdminInvitationRecord[]>;
  revokeInvitation(id: string): Promise<AdminInvitationRecord | null>;
  /**
   * Spends the invitation and makes the administrator, together. A link proves no address, so it does
   * not lead to an administrator that there is (`address_taken`), unless `takesOver`: then it gives
   * them its role. It never leads to one who may do more than it says, and without an address only
   * to such as any owner could be anyway.
   */
  redeem(
    tokenHash: string,
    email: string | null,
    newId: string,
    takesOver: boolean,
  ): Promise<RedeemResult>;
  apiKeys(): Promise<AdminApiKeyRecord[]>;
  createApiKey(
    key: { id: string; hash: string; name: string; role: AdminRole },
    lifetimeMs: number | null,
  ): Promise<AdminApiKeyRecord>;
  revokeApiKey(id: string): Promise<AdminApiKeyRecord | null>;
  /** The key that is good now and has this hash. */
  findApiKey(hash: string): Promise<AdminApiKeyRecord | null>;
  apiKeySeen(id: string): Promise<void>;
}
