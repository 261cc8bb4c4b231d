import type { VerifyingKey } from "@latchkey/core/crypto";

/** A token found valid, and the key that proved it: it counts only while that key does. */
export interface VerifiedToken<Result extends { readonly token: string }> {
  readonly result: Result;
  readonly kid: string;
  readonly key: VerifyingKey;
}

export interface TokenCache<Result extends { readonly token: string }> {
  get(token: string): VerifiedToken<Result> | undefined;
  add(token: VerifiedToken<Result>): void;
  delete(token: string): void;
}

/** Holds the `limit` tokens used last. */
export function createTokenCache<Result extends { readonly token: string }>(
  limit: number,
): TokenCache<Result> {
  // A Map iterates in the order of insertion: the first entry is the one unused for longest.
  const entries = new Map<string, VerifiedToken<Result>>();
  return {
    get(token) {
      const entry = entries.get(token);
      if (entry) {
        entries.delete(token);
        entries.set(token, entry);
      }
      return entry;
    },
    add(entry) {
      if (limit === 0) return;
      entries.delete(entry.result.token);
      entries.set(entry.result.token, entry);
      if (entries.size > limit) entries.delete(entries.keys().next().value as string);
    },
    delete(token) {
      entries.delete(token);
    },
  };
}
