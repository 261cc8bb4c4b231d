/** A passkey as an account is proven by it (WebAuthn level 3 section 4, credential record). */
export interface Passkey {
  /** base64url */
  readonly credentialId: string;
  readonly userId: string;
  /** Relying party id: the host or domain that browsers keep it for. */
  readonly rpId: string;
  /** COSE key (RFC 9052), base64url. */
  readonly publicKey: string;
  /** Signature counter of the last use; 0 of authenticators that have none. */
  readonly counter: number;
  /** Whether it may be on several devices, and whether it was at its last use. */
  readonly backupEligible: boolean;
  readonly backedUp: boolean;
  readonly transports: readonly string[];
  /** Model of the authenticator, a UUID; zeros where it does not tell. */
  readonly aaguid: string;
  /** The user's own word for it. */
  readonly name: string;
  readonly createdAt: number;
  readonly lastUsedAt: number | null;
  /** When its counter went back last, as it does after a copy of it was used; null: never. */
  readonly regressedAt: number | null;
}

/** What a new account of type `passkey` brings beside its subject, the credential id. */
export type NewPasskey = Pick<
  Passkey,
  "rpId" | "publicKey" | "counter" | "backupEligible" | "backedUp" | "transports" | "aaguid"
>;

export type PasskeyPurpose = "authenticate" | "register" | "link";

/** What a challenge was given out for; everything must be the same when it comes back. */
export interface PasskeyChallenge {
  /** Keyed hash of the challenge. */
  readonly id: string;
  readonly appId: string;
  readonly clientId: string | null;
  readonly purpose: PasskeyPurpose;
  /** Whose the passkey will be: of `register` the id of a user that is not there yet. */
  readonly userId: string | null;
  readonly rpId: string;
  /** Of the page that asked; null when none did. */
  readonly origin: string | null;
  /** Keyed hash of what else only the one who asked holds. */
  readonly binding: string | null;
}

export interface PasskeyStore {
  createChallenge(challenge: PasskeyChallenge & { readonly lifetimeMs: number }): Promise<void>;
  /** By one conditional statement: whoever comes second gets null, and so does who comes late. */
  spendChallenge(appId: string, id: string): Promise<PasskeyChallenge | null>;
  find(appId: string, credentialId: string): Promise<Passkey | null>;
  /** Oldest first. */
  ofUser(appId: string, userId: string): Promise<Passkey[]>;
  /**
   * Takes the use down by one conditional statement: `regressed` when the counter did not go up, of
   * an authenticator that has one (WebAuthn section 6.1.1). That is taken down as well.
   */
  recordUse(
    appId: string,
    credentialId: string,
    use: { readonly counter: number; readonly backedUp: boolean },
  ): Promise<"recorded" | "regressed" | "gone">;
  /** False when the user has no such passkey. */
  rename(appId: string, userId: string, credentialId: string, name: string): Promise<boolean>;
}
