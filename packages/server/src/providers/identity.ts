/** Who somebody is at a provider: issuer and subject together, never the address (ASVS 6.8.1). */
export interface ProviderIdentity {
  readonly issuer: string;
  readonly subject: string;
  /** As the provider says it; trimmed and lower case. */
  readonly email: string | null;
  /** Whether the provider vouches that the address is this person's; a claim alone is none. */
  readonly emailVerified: boolean;
  readonly name: string | null;
  readonly username: string | null;
  readonly pictureUrl: string | null;
}

/** What the provider handed out for its own API. Times in seconds. */
export interface ProviderTokens {
  readonly accessToken: string;
  /** After which the access token is over, as of `issuedAt`. */
  readonly expiresIn: number | null;
  readonly refreshToken: string | null;
  readonly scopes: readonly string[];
  /** Milliseconds since the epoch. */
  readonly issuedAt: number;
}
