/**
 * What an app's server may read again of a code that was mailed for it. The code itself is good or
 * not by the CodeStore alone.
 */
export interface MailedCode {
  /** `magic_auth_…` or `email_verification_…` */
  readonly id: string;
  readonly appId: string;
  readonly userId: string;
  readonly kind: "magic_auth" | "email_verification";
  readonly email: string;
  /** Under the master key; see codes/mailed-codes.ts. */
  readonly sealedCode: string;
  readonly createdAt: number;
  readonly expiresAt: number;
}

export interface MailedCodeStore {
  create(
    code: Omit<MailedCode, "createdAt" | "expiresAt"> & { readonly lifetimeMs: number },
  ): Promise<MailedCode>;
  /** Kept for a day after it ran out. */
  find(appId: string, kind: MailedCode["kind"], id: string): Promise<MailedCode | null>;
}
