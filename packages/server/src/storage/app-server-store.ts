/**
 * The part of the store that the app-server protocol needs: authorization codes, sign-ins that
 * several apps share, organizations, passwords. Duties and times as in store.ts.
 */
import type { AccountKey, NewReplay, NewSession, NewUserIds, Session, User } from "./store.ts";

/** Who acts in a user's place, and why. */
export interface Impersonator {
  readonly email: string;
  readonly reason: string | null;
}

/** A place in a list: at most one of the two cursors, each the id of a row. */
export interface PageRequest {
  readonly before: string | null;
  readonly after: string | null;
  readonly limit: number;
  readonly order: "asc" | "desc";
}

export interface Page<T> {
  readonly items: readonly T[];
  /** Whether rows come before or after these in the asked order. */
  readonly hasBefore: boolean;
  readonly hasAfter: boolean;
}

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

export interface ProveAccountRequest {
  readonly appId: string;
  readonly account: AccountKey;
  readonly allowSignUp: boolean;
  readonly newUser: NewUserIds;
  readonly maxUsers: number | null;
  /** A one-time code to consume in the same transaction. */
  readonly codeId: string | null;
}

export type ProveAccountResult =
  | { readonly kind: "proven"; readonly user: User; readonly isNewUser: boolean }
  | {
      readonly kind: "code_spent" | "no_such_user" | "user_disabled" | "too_many_users";
    };

/** A sign-in at this deployment's own pages, which several of its apps may use. */
export interface SignInRecord {
  /** Keyed hash of the cookie's value. */
  readonly id: string;
  /** Where it happened, and as whom. */
  readonly appId: string;
  readonly userId: string;
  /** What was proven; another app finds its own user by it. */
  readonly account: AccountKey;
  readonly authMethod: string;
  readonly authenticatedAt: number;
  readonly expiresAt: number;
}

export interface SignInStore {
  begin(
    signIn: Omit<SignInRecord, "authenticatedAt" | "expiresAt"> & { readonly lifetimeMs: number },
  ): Promise<SignInRecord>;
  /** Null when unknown or over, or when its user is disabled, gone or has another account now. */
  find(id: string): Promise<SignInRecord | null>;
  end(id: string): Promise<void>;
  /**
   * Whether a session of the user was ended by somebody else's decision (revoked, found stolen,
   * disabled) after `since`: an older sign-in must not begin the next one unasked.
   */
  wasThrownOut(userId: string, since: number): Promise<boolean>;
}

/** Undefined leaves a field as it is. */
export interface ProfileChange {
  readonly firstName?: string | null | undefined;
  readonly lastName?: string | null | undefined;
  readonly profilePictureUrl?: string | null | undefined;
  readonly externalId?: string | null | undefined;
  readonly locale?: string | null | undefined;
  readonly metadata?: Readonly<Record<string, string>> | undefined;
}

export interface ProfileStore {
  findByServerId(appId: string, serverId: string): Promise<User | null>;
  findByExternalId(appId: string, externalId: string): Promise<User | null>;
  /** Users with an e-mail account, which is what this protocol calls a user. */
  page(
    appId: string,
    filter: { readonly email: string | null; readonly organizationId: string | null },
    page: PageRequest,
  ): Promise<Page<User>>;
  create(
    appId: string,
    user: {
      readonly ids: NewUserIds;
      readonly email: string;
      readonly verified: boolean;
      readonly profile: ProfileChange;
      readonly passwordHash: string | null;
    },
  ): Promise<
    | { readonly kind: "created"; readonly user: User }
    | { readonly kind: "email_taken" | "external_id_taken" }
  >;
  /** A password that replaces one ends the user's sessions and sign-ins. */
  update(
    appId: string,
    id: string,
    change: {
      readonly profile: ProfileChange;
      readonly email: string | null;
      readonly verified: boolean | null;
      readonly passwordHash: string | null;
    },
  ): Promise<
    | { readonly kind: "updated"; readonly user: User }
    | { readonly kind: "no_such_user" | "email_taken" | "external_id_taken" }
  >;
}

export interface PasswordStore {
  find(userId: string): Promise<{ hash: string } | null>;
  /** Sets or replaces it and, when it replaces one, ends the user's sessions and sign-ins. */
  set(userId: string, hash: string): Promise<void>;
}

export interface Organization {
  readonly id: string;
  readonly appId: string;
  readonly name: string;
  readonly externalId: string | null;
  readonly metadata: Readonly<Record<string, string>>;
  readonly entitlements: readonly string[];
  readonly featureFlags: readonly string[];
  readonly createdAt: number;
  readonly updatedAt: number;
}

export interface OrganizationChange {
  readonly name?: string | undefined;
  readonly externalId?: string | null | undefined;
  readonly metadata?: Readonly<Record<string, string>> | undefined;
  readonly entitlements?: readonly string[] | undefined;
  readonly featureFlags?: readonly string[] | undefined;
}

export interface Membership {
  readonly id: string;
  readonly organization: Organization;
  readonly userId: string;
  /** The user's id in this protocol, `user_…`. */
  readonly serverUserId: string;
  /** Slugs, at least one. */
  readonly roles: readonly string[];
  readonly status: "active" | "inactive";
  readonly createdAt: number;
  readonly updatedAt: number;
}

export interface OrganizationStore {
  create(
    organization: {
      readonly id: string;
      readonly appId: string;
      readonly name: string;
    } & OrganizationChange,
  ): Promise<
    | { readonly kind: "created"; readonly organization: Organization }
    | { readonly kind: "external_id_taken" }
  >;
  find(appId: string, id: string): Promise<Organization | null>;
  findByExternalId(appId: string, externalId: string): Promise<Organization | null>;
  page(appId: string, page: PageRequest): Promise<Page<Organization>>;
  update(
    appId: string,
    id: string,
    change: OrganizationChange,
  ): Promise<
    | { readonly kind: "updated"; readonly organization: Organization }
    | { readonly kind: "no_such_organization" | "external_id_taken" }
  >;
  /** With its memberships; sessions in it go on without it. */
  delete(appId: string, id: string): Promise<boolean>;
  addMember(membership: {
    readonly id: string;
    readonly appId: string;
    readonly organizationId: string;
    readonly userId: string;
    readonly roles: readonly string[];
  }): Promise<
    | { readonly kind: "added"; readonly membership: Membership }
    | { readonly kind: "already_member" | "no_such_organization" | "no_such_user" }
  >;
  findMembership(appId: string, id: string): Promise<Membership | null>;
  /** The user's membership of one organization, active or not. */
  membershipOf(appId: string, userId: string, organizationId: string): Promise<Membership | null>;
  memberships(
    appId: string,
    filter: {
      readonly userId: string | null;
      readonly organizationId: string | null;
      readonly statuses: readonly Membership["status"][];
    },
    page: PageRequest,
  ): Promise<Page<Membership>>;
  changeMembership(
    appId: string,
    id: string,
    change: { readonly roles?: readonly string[]; readonly status?: Membership["status"] },
  ): Promise<Membership | null>;
  removeMembership(appId: string, id: string): Promise<boolean>;
}
