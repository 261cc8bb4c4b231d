import type { Impersonator, NewReplay, NewSession, Session } from "./session-store.ts";
import type { User } from "./user-store.ts";

export interface AuthorizationCodeRecord {
  /** Keyed hash of the code. */
  readonly id: string;
  readonly appId: string;
  readonly userId: string;
  readonly redirectUri: string;
  /** PKCE S256; null when the client must authenticate. */
  readonly codeChallenge: string | null;
  readonly authMethod: string;
  readonly authenticatedAt: number;
  readonly organizationId: string | null;
  readonly impersonator: Impersonator | null;
  /** The provider's tokens for the app; opens with the code alone. */
  readonly sealedTokens: string | null;
}

export interface AuthorizationCodeStore {
  /**
   * One that lets an operator act as the user leaves a line in the trail (`impersonation_allowed`, under
   * the id of the code), whether it is ever used or not.
   */
  create(code: AuthorizationCodeRecord & { readonly lifetimeMs: number }): Promise<void>;
  /** Whatever its state; only the exchange decides whether it is good. */
  find(id: string): Promise<AuthorizationCodeRecord | null>;
}

export interface CodeExchangeRequest {
  readonly codeId: string;
  /** Its user, organization, impersonator and time of authentication come from the code's row. */
  readonly session: NewSession;
  readonly replay: NewReplay | null;
}

export type CodeExchangeResult =
  | { readonly kind: "signed_in"; readonly user: User; readonly session: Session }
  /** Used before: what it began is revoked (RFC 6749 section 4.1.2). */
  | { readonly kind: "code_spent" }
  | { readonly kind: "code_expired" }
  /** A live answer is kept under the replay's id: another request began this session. */
  | { readonly kind: "repeated" }
  | { readonly kind: "no_such_user" }
  | { readonly kind: "user_disabled" };
