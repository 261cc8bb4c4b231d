export interface PasswordStore {
  find(userId: string): Promise<{ hash: string } | null>;
  /** Sets or replaces it and, when it replaces one, ends the user's sessions and sign-ins. */
  set(userId: string, hash: string): Promise<void>;
}
