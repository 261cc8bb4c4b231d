export interface NewCode {
  readonly id: string;
  readonly appId: string;
  readonly addressHash: string;
  readonly binding: string;
  readonly cookieBinding: string | null;
  readonly codeHash: string;
  readonly lifetimeMs: number;
}

export interface CodeStore {
  /** False when the address already has `maxLive` live codes; never touches another's code. */
  create(code: NewCode, maxLive: number): Promise<boolean>;
  /**
   * Counts one attempt against every live code of this address that the requester is bound to,
   * and only then hands out their hashes to compare (ASVS 6.6.3).
   */
  attempt(request: {
    appId: string;
    addressHash: string;
    binding: string;
    cookieBinding: string | null;
    maxAttempts: number;
  }): Promise<{ id: string; codeHash: string }[]>;
}
