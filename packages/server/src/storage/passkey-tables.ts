/** Tables of passkeys and of their ceremonies (WebAuthn level 3); the conventions are those of schema.ts. */

/** What an account of type `passkey` is proven by. Its subject is the credential id. */
export interface PasskeyTable {
  /** The account's own */
  id: string;
  /** Relying party id: the host or domain that the browser keeps it for */
  rp_id: string;
  /** COSE key (RFC 9052) */
  public_key: string;
  /** Signature counter of the last use; 0 of authenticators that have none */
  counter: number;
  /** Whether it may be on several devices, and whether it was at its last use */
  backup_eligible: number;
  backed_up: number;
  /** JSON list */
  transports: string;
  /** Model of the authenticator, a UUID; zeros where it does not tell */
  aaguid: string;
  created_at: number;
  last_used_at: number | null;
  /** When its counter went back last, which a copied authenticator shows by */
  regressed_at: number | null;
}

export interface PasskeyChallengeTable {
  /** HMAC of the challenge */
  id: string;
  app_id: string;
  client_id: string | null;
  /** authenticate, register or link */
  purpose: string;
  /** Whose the passkey will be; null to sign in */
  user_id: string | null;
  rp_id: string;
  /** Of the page that asked; null when none did */
  origin: string | null;
  /** HMAC of what else only the one who asked holds */
  binding: string | null;
  created_at: number;
  expires_at: number;
  used_at: number | null;
}

export interface PasskeyTables {
  passkeys: PasskeyTable;
  passkey_challenges: PasskeyChallengeTable;
}
