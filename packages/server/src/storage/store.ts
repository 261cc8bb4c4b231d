/**
 * What the server asks of its database: whole, atomic operations, each with the duty it must keep.
 * Times are milliseconds since the epoch by the database's clock. Infrastructure failures are
 * LatchkeyError 503, never an answer about a session.
 */
import type { PublicJwk } from "@latchkey/core/crypto";
import type {
  EndReason,
  RefreshOutcome,
  RefreshPolicy,
  SessionState,
} from "@latchkey/core/sessions/rules";
import type {
  AuthorizationCodeStore,
  CodeExchangeRequest,
  CodeExchangeResult,
  Impersonator,
  OrganizationStore,
  Page,
  PageRequest,
  PasswordStore,
  ProfileStore,
  ProveAccountRequest,
  ProveAccountResult,
  SignInStore,
} from "./app-server-store.ts";

export type Protocol = "browser" | "app_server";
export type Delivery = "body" | "cookie";

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

export interface Account {
  readonly type: string;
  /** What identifies the account within its type, normalised. */
  readonly subject: string;
  readonly verifiedAt: number;
  readonly firstVerifiedAt: number;
  readonly latestVerifiedAt: number;
  /** False for an address that a backend named and nobody has proven yet. */
  readonly isVerified: boolean;
}

export interface User {
  /** Without the did:privy: prefix. */
  readonly id: string;
  readonly serverId: string;
  readonly appId: string;
  readonly isGuest: boolean;
  readonly acceptedTermsAt: number | null;
  readonly customMetadata: Record<string, string | number | boolean> | null;
  readonly disabledAt: number | null;
  readonly createdAt: number;
  readonly lastSignInAt: number | null;
  readonly profile: Profile;
  readonly accounts: readonly Account[];
}

/** What the app-server protocol knows of a user beside their accounts. */
export interface Profile {
  readonly firstName: string | null;
  readonly lastName: string | null;
  readonly profilePictureUrl: string | null;
  /** The app's own name of the user, unique in the app. */
  readonly externalId: string | null;
  readonly locale: string | null;
  readonly metadata: Readonly<Record<string, string>>;
  readonly updatedAt: number;
}

export interface AccountKey {
  readonly type: string;
  readonly subject: string;
}

export interface NewUserIds {
  readonly id: string;
  readonly serverId: string;
}

export interface SignInRequest {
  readonly account: AccountKey;
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
    }
  | { readonly kind: "code_spent" }
  /** A live answer is kept under the replay's id: another request began this session. */
  | { readonly kind: "repeated" }
  | { readonly kind: "no_such_user" }
  | { readonly kind: "user_disabled" }
  | { readonly kind: "too_many_users" };

export interface NewReplay {
  readonly id: string;
  readonly requestHash: string;
  readonly sealedAnswer: string;
  readonly lifetimeMs: number;
}

export interface RefreshRequest {
  readonly sid: string;
  readonly tokenHash: string;
  readonly presented: number;
  /** The database's time of the plain read before; a stale one only shortens ages (R2). */
  readonly now: number;
  readonly policy: RefreshPolicy;
  /** Sub-key of the next generation. */
  readonly currentKid: string;
  /** What the plain read expects; the statement alone decides. */
  readonly predicted: RefreshOutcome;
}

export interface SessionStore {
  /** The session and the database's time, in one plain read of the primary. */
  read(sid: string): Promise<{ session: (Session & { tokenHash: string }) | null; now: number }>;
  /**
   * R2: classifies and moves in one conditional statement, re-evaluated after a lock wait. Null
   * when no row has this id and token hash.
   */
  refresh(request: RefreshRequest): Promise<{ outcome: RefreshOutcome; session: Session } | null>;
  /** Locks the user row, checks its state, begins a session under a new id (R6). */
  signIn(request: SignInRequest): Promise<SignInResult>;
  /** Spends an authorization code and begins its session, or neither (R6). */
  exchangeCode(request: CodeExchangeRequest): Promise<CodeExchangeResult>;
  /** What later refreshes answer for; the caller has checked the membership. */
  setOrganization(sid: string, organizationId: string | null): Promise<void>;
  /** Ended and expired ones too, while they are kept. */
  ofUser(appId: string, userId: string, page: PageRequest): Promise<Page<Session>>;
  /** Final, and wins against a refresh in flight. False when it was over already or unknown. */
  end(sid: string, reason: EndReason): Promise<boolean>;
  /** Every live session of the user; returns how many ended. */
  endAllOfUser(userId: string, reason: EndReason): Promise<number>;
  /** The answer kept for a repeat, while it lives. */
  findReplay(id: string): Promise<{ requestHash: string; sealedAnswer: string } | null>;
  events(sid: string): Promise<{ type: string; at: number }[]>;
}

/** The last user of the page before, as far as the list goes on from there when they are gone. */
export type UserPlace = Pick<User, "createdAt" | "id">;

export interface UserStore {
  find(appId: string, id: string): Promise<User | null>;
  findByAccount(appId: string, account: AccountKey): Promise<User | null>;
  /** Finds or begins the user of an account that was just proven, without a session. */
  proveAccount(request: ProveAccountRequest): Promise<ProveAccountResult>;
  /** Newest last. */
  list(appId: string, options: { after: UserPlace | null; limit: number }): Promise<User[]>;
  /** Users one of whose accounts contains `term` or is one of `emails`. */
  search(
    appId: string,
    options: {
      term: string | null;
      emails: readonly string[];
      after: UserPlace | null;
      limit: number;
    },
  ): Promise<User[]>;
  /** All users or none; `linked_to_another_user` names the index of the user that exists. */
  create(
    appId: string,
    users: readonly {
      ids: NewUserIds;
      accounts: readonly AccountKey[];
      customMetadata: object | null;
    }[],
  ): Promise<
    { kind: "created"; users: User[] } | { kind: "linked_to_another_user"; user: User | null }
  >;
  setCustomMetadata(appId: string, id: string, value: object): Promise<User | null>;
  acceptTerms(appId: string, id: string): Promise<User | null>;
  /**
   * Links a proven account; a guest becomes a full user. Here and below, `sid` is the user's session
   * that asks for it, whose trail keeps a line of it; null when the app's server asks.
   */
  link(
    appId: string,
    id: string,
    account: AccountKey,
    codeId: string | null,
    sid?: string | null,
  ): Promise<
    | { kind: "linked"; user: User }
    | {
        kind: "code_spent" | "linked_to_another_user" | "cannot_link_more_of_type" | "no_such_user";
      }
  >;
  /** Never the last way in. Ends every other session and every sign-in of the user (ASVS 7.4.3). */
  unlink(
    appId: string,
    id: string,
    account: AccountKey,
    sid?: string | null,
  ): Promise<
    { kind: "unlinked"; user: User } | { kind: "not_linked" | "sole_account" | "no_such_user" }
  >;
  /** Ends what unlink ends. */
  replaceAccount(
    appId: string,
    id: string,
    from: AccountKey,
    to: AccountKey,
    codeId: string | null,
    sid?: string | null,
  ): Promise<
    | { kind: "linked"; user: User }
    | { kind: "code_spent" | "linked_to_another_user" | "not_linked" | "no_such_user" }
  >;
  /** User row first, then its sessions, in one transaction (R6). */
  setDisabled(appId: string, id: string, disabled: boolean): Promise<boolean>;
  delete(appId: string, id: string): Promise<boolean>;
}

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

export interface LimitStore {
  /**
   * Takes one of `max` (1 or more) in a window that starts at the first; the wait in ms when none
   * is left, and then nothing is taken.
   */
  take(
    id: string,
    max: number,
    windowMs: number,
  ): Promise<{ ok: true } | { ok: false; waitMs: number }>;
  giveBack(id: string): Promise<void>;
}

export interface AppRecord {
  readonly id: string;
  readonly clientId: string;
  readonly name: string;
  readonly kind: "development" | "production";
  /** JSON document, checked by apps/settings.ts. */
  readonly settings: string;
  readonly createdAt: number;
  readonly updatedAt: number;
}

export interface AppClientRecord {
  readonly id: string;
  readonly appId: string;
  readonly name: string;
  readonly settings: string;
}

export type SecretKind = "app_secret" | "api_key";

export interface AppStore {
  create(
    app: Omit<AppRecord, "createdAt" | "updatedAt">,
    secrets: readonly { id: string; kind: SecretKind; hash: string }[],
  ): Promise<AppRecord>;
  find(id: string): Promise<AppRecord | null>;
  findByClientId(clientId: string): Promise<AppRecord | null>;
  /** The id of the app that a secret is good for now. */
  findIdBySecret(kind: SecretKind, hash: string): Promise<string | null>;
  list(): Promise<AppRecord[]>;
  updateSettings(id: string, settings: string): Promise<boolean>;
  clients(appId: string): Promise<AppClientRecord[]>;
  createClient(client: AppClientRecord): Promise<void>;
  /** Hashes of the secrets that are good now. */
  secretHashes(appId: string, kind: SecretKind): Promise<string[]>;
  /** Adds a secret; the ones before are good for `overlapMs` more, never longer than they were. */
  replaceSecret(
    secret: { id: string; appId: string; kind: SecretKind; hash: string },
    overlapMs: number,
  ): Promise<void>;
  testAccounts(appId: string): Promise<TestAccountRecord[]>;
  findTestAccount(appId: string, email: string): Promise<TestAccountRecord | null>;
  addTestAccount(account: {
    id: string;
    appId: string;
    email: string;
    sealedCode: string;
  }): Promise<void>;
  removeTestAccounts(appId: string): Promise<number>;
  allowlist(appId: string): Promise<AllowlistRecord[]>;
  /** Whether the address itself or its domain is on the list. */
  isOnAllowlist(appId: string, email: string, domain: string): Promise<boolean>;
  /** The entry, also when it existed. */
  addToAllowlist(entry: {
    id: string;
    appId: string;
    type: string;
    value: string;
  }): Promise<AllowlistRecord>;
  removeFromAllowlist(appId: string, type: string, value: string): Promise<boolean>;
}

export interface TestAccountRecord {
  readonly id: string;
  readonly email: string;
  readonly sealedCode: string;
  readonly createdAt: number;
  readonly updatedAt: number;
}

export interface AllowlistRecord {
  readonly id: string;
  readonly type: string;
  readonly value: string;
  readonly createdAt: number;
}

export interface SigningKeyRecord {
  readonly kid: string;
  readonly appId: string;
  readonly protocol: Protocol;
  readonly publicJwk: PublicJwk;
  /** The private JWK under the master key; see keys/signing-keys.ts. */
  readonly sealedPrivateJwk: string;
  readonly createdAt: number;
  readonly activeAt: number;
  readonly retiredAt: number | null;
}

export interface TokenKeyRecord {
  readonly kid: string;
  readonly salt: string;
  readonly activeAt: number;
  readonly retiredAt: number | null;
}

export interface KeyStore {
  signingKeys(appId: string, protocol: Protocol): Promise<SigningKeyRecord[]>;
  /** Adds a key that signs from `leadMs` on; the ones before leave the JWKS `overlapMs` after that. */
  addSigningKey(
    key: Pick<SigningKeyRecord, "kid" | "appId" | "protocol" | "publicJwk" | "sealedPrivateJwk">,
    timing: { leadMs: number; overlapMs: number },
  ): Promise<void>;
  tokenKeys(): Promise<TokenKeyRecord[]>;
  addTokenKey(key: { kid: string; salt: string }): Promise<void>;
  /** From now on its tokens are answered with the terminal `key_retired`. */
  retireTokenKey(kid: string): Promise<boolean>;
  /** Sets a value once; answers the one that is kept. */
  meta(key: string, valueIfAbsent?: string): Promise<string | null>;
  setMeta(key: string, value: string): Promise<void>;
}

export interface PurgeStore {
  /** Deletes at most `batch` rows of each kind that no rule needs any more; how many went. */
  purge(batch: number): Promise<number>;
}

export interface Store {
  readonly sessions: SessionStore;
  readonly users: UserStore;
  readonly profiles: ProfileStore;
  readonly passwords: PasswordStore;
  readonly organizations: OrganizationStore;
  readonly authorizationCodes: AuthorizationCodeStore;
  readonly signIns: SignInStore;
  readonly codes: CodeStore;
  readonly limits: LimitStore;
  readonly apps: AppStore;
  readonly keys: KeyStore;
  readonly purging: PurgeStore;
  now(): Promise<number>;
  close(): Promise<void>;
}

/** The rest of the seam, by which all other folders know it. */
export type * from "./app-server-store.ts";
