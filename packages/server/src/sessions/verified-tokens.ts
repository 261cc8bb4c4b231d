/**
 * Access tokens whose signature was verified, so that one that comes again costs no verification.
 * Successes only, and a bounded number. What is remembered is the signature alone: whoever asks
 * checks expiry, key and session anew each time.
 */
export interface VerifiedTokens<Claims> {
  find(appId: string, token: string): VerifiedToken<Claims> | undefined;
  keep(appId: string, token: string, verified: VerifiedToken<Claims>): void;
}

export interface VerifiedToken<Claims> {
  /** The thumbprint of the key that signed it (RFC 7638), so that no other key has its name. */
  readonly kid: string;
  readonly claims: Claims;
}

const MAX_TOKENS = 5000;

export function verifiedTokens<Claims>(max = MAX_TOKENS): VerifiedTokens<Claims> {
  const tokens = new Map<string, VerifiedToken<Claims>>();
  // No app id has a space in it.
  const nameOf = (appId: string, token: string) => `${appId} ${token}`;
  return {
    find: (appId, token) => tokens.get(nameOf(appId, token)),
    keep(appId, token, verified) {
      if (tokens.size >= max) {
        // The one that was verified first.
        for (const oldest of tokens.keys()) {
          tokens.delete(oldest);
          break;
        }
      }
      tokens.set(nameOf(appId, token), verified);
    },
  };
}
