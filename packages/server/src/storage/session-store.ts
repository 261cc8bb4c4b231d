import type {
  EndReason,
  RefreshOutcome,
  RefreshPolicy,
  SessionState,
} from "@latchkey/core/sessions/rules";
import type { CodeExchangeRequest, CodeExchangeResult } from "./authorization-code-store.ts";
import type { Page, PageRequest } from "./page.ts";
import type { NewAccount, NewUserIds, User } from "./user-store.ts";

export type Protocol = "browser" | "app_server";
export type Delivery = "body" | "cookie";

/** Who acts in a user's place, and why. */
export interface Impersonator {
  readonly email: string;
  readonly reason: string | null;
}

export interface Session extends SessionState {
  readonly id: string;
  readonly protocol: Protocol;
  readonly appId: string;
  readonly clientId: string | null;
  readonly delivery: Delivery;
  readonly userId: string;
  /** Names the sub-key of the current generation's refresh token. */
  readonly kid: string;
  readonly createdAt: number;
  readonly idleMs: number;
  readonly authMethod: string;
  readonly authenticatedAt: number;
  readonly userAgent: string | null;
  readonly ip: string | null;
  readonly impersonator: Impersonator | null;
  readonly organizationId: string | null;
}

/** A session to begin; times are relative so that the database's clock decides. */
export interface NewSession {
  readonly id: string;
  readonly protocol: Protocol;
  readonly appId: string;
  readonly clientId: string | null;
  readonly delivery: Delivery;
  readonly tokenHash: string;
  readonly kid: string;
  readonly lifetimeMs: number;
  readonly idleMs: number;
  readonly authMethod: string;
  readonly userAgent: string | null;
  readonly ip: string | null;
}

export interface SignInRequest {
  readonly account: NewAccount;
  /** Whether an unknown account begins a user. */
  readonly allowSignUp: boolean;
  readonly isGuest: boolean;
  readonly newUser: NewUserIds;
  /** Refuses a new user beyond this many in the app. */
  readonly maxUsers: number | null;
  readonly session: NewSession;
  /** A one-time code to consume in the same transaction. */
  readonly codeId: string | null;
  /** What a repeat with the same Idempotency-Key is answered from (R6). */
  readonly replay: NewReplay | null;
}

export type SignInResult =
  | {
      readonly kind: "signed_in";
      readonly user: User;
      readonly session: Session;
      readonly isNewUser: boolean;
      /** The account joined this user just now, who has proven the provider's address before. */
      readonly hasJoined: boolean;
    }
  | { readonly kind: "code_spent" }
  /** A live answer is kept under the replay's id: another request began this session. */
  | { readonly kind: "repeated" }
  | { readonly kind: "no_such_user" }
  | { readonly kind: "user_disabled" }
  | { readonly kind: "too_many_users" }
  /** Only for an account that brings a new passkey. */
  | { readonly kind: "account_taken" };

export interface NewReplay {
  readonly id: string;
  readonly requestHash: string;
  readonly sealedAnswer: string;
  readonly lifetimeMs: number;
}

export interface RefreshRequest {
  /** The session as the plain read saw it: what no statement changes is answered from there. */
  readonly before: Session;
  readonly tokenHash: string;
  readonly presented: number;
  /** The database's time of the plain read before; a stale one only shortens ages (R2). */
  readonly now: number;
  readonly policy: RefreshPolicy;
  /** Sub-key of the next generation. */
  readonly currentKid: string;
  /** What the plain read expects; the statement alone decides. */
  readonly predicted: RefreshOutcome;
  /** Asked before reuse ends the session, whatever was predicted; what it throws leaves it as it was. */
  readonly requireClock: () => void;
}

/** What is known of a session that has no row. */
export interface LostSession {
  readonly id: string;
  readonly appId: string;
  readonly protocol: Protocol;
  /** Null where no refresh token tells it: then any token of the session is over. */
  readonly tokenHash: string | null;
  readonly kid: string | null;
  readonly generation: number;
  /** Null where nothing tells it: it is kept as long as any session may last. */
  readonly absoluteExpiresAt: number | null;
}

export type StoredSession = Session & { readonly tokenHash: string };

export interface SessionStore {
  /** The session and the database's time, in one plain read of the primary. */
  read(sid: string): Promise<{ session: StoredSession | null; now: number }>;
  /** The same, with the session's user as of that moment; null when there is none any more. */
  readWithUser(
    sid: string,
  ): Promise<{ session: StoredSession | null; user: User | null; now: number }>;
  /**
   * R2: classifies and moves in one conditional statement, re-evaluated after a lock wait. Null
   * when no row has this id and token hash.
   */
  refresh(request: RefreshRequest): Promise<{ outcome: RefreshOutcome; session: Session } | null>;
  /** Locks the user row, checks its state, begins a session under a new id (R6). */
  signIn(request: SignInRequest): Promise<SignInResult>;
  /** Spends an authorization code and begins its session, or neither (R6). */
  exchangeCode(request: CodeExchangeRequest): Promise<CodeExchangeResult>;
  /** From now on its refresh token is in cookies; there is no way back (R6). */
  deliverByCookie(sid: string): Promise<void>;
  /** What later refreshes answer for; the caller has checked the membership. */
  setOrganization(sid: string, organizationId: string | null): Promise<void>;
  /** Ended and expired ones too, while they are kept. */
  ofUser(appId: string, userId: string, page: PageRequest): Promise<Page<Session>>;
  /** Final, and wins against a refresh in flight. False when it was over already or unknown. */
  end(sid: string, reason: EndReason): Promise<boolean>;
  /**
   * Keeps that a session without a row was signed out, so that neither its tokens nor a row that comes
   * back bring it to life; the same as `end` where there is a row after all.
   */
  bury(session: LostSession): Promise<void>;
  /** Every live session of the user; returns how many ended. */
  endAllOfUser(userId: string, reason: EndReason): Promise<number>;
  /** The answer kept for a repeat, while it lives. */
  findReplay(id: string): Promise<{ requestHash: string; sealedAnswer: string } | null>;
  events(sid: string): Promise<{ type: string; at: number }[]>;
}
