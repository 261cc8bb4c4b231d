import type { NewPasskey } from "./passkey-store.ts";

/** What is shown of an account beside its subject, such as names; which keys, the type says. */
export type AccountData = Readonly<Record<string, string>>;

export interface Account {
  readonly type: string;
  /** What identifies the account within its type, normalised. */
  readonly subject: string;
  readonly verifiedAt: number;
  readonly firstVerifiedAt: number;
  readonly latestVerifiedAt: number;
  /** False for an address that a backend named and nobody has proven yet. */
  readonly isVerified: boolean;
  readonly data: AccountData;
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

export interface NewAccount extends AccountKey {
  readonly data?: AccountData;
  /** Of type `passkey`: what proves it. */
  readonly passkey?: NewPasskey;
  /** Of a provider: how it proved it. */
  readonly provider?: ProviderProof;
}

export interface ProviderProof {
  /** The provider's step, spent in the same transaction; null: spent already. */
  readonly stepId: string | null;
  /**
   * An address, normalised, that the provider vouches for; null: none. Of a new user it becomes an
   * account of its own, unless somebody has it.
   */
  readonly email: string | null;
  /** Whether the account joins the user who has proven this address, unless they have one of its type. */
  readonly merge: boolean;
}

export interface NewUserIds {
  readonly id: string;
  readonly serverId: string;
}

/** The last user of the page before, as far as the list goes on from there when they are gone. */
export type UserPlace = Pick<User, "createdAt" | "id">;

export interface ProveAccountRequest {
  readonly appId: string;
  readonly account: NewAccount;
  readonly allowSignUp: boolean;
  readonly newUser: NewUserIds;
  readonly maxUsers: number | null;
  /** A one-time code to consume in the same transaction. */
  readonly codeId: string | null;
}

export type ProveAccountResult =
  | {
      readonly kind: "proven";
      readonly user: User;
      readonly isNewUser: boolean;
      /** The account joined this user just now, who has proven the provider's address before. */
      readonly hasJoined: boolean;
    }
  | {
      readonly kind:
        | "code_spent"
        | "no_such_user"
        | "user_disabled"
        | "too_many_users"
        /** Only for an account that brings a new passkey. */
        | "account_taken";
    };

export interface TransferRequest {
  readonly appId: string;
  readonly fromId: string;
  readonly toId: string;
  readonly account: AccountKey;
  /** The provider's step that proves it, spent in the same transaction. */
  readonly stepId: string;
  /** The session that asks. */
  readonly sid: string;
}

export type TransferResult =
  | { readonly kind: "linked"; readonly user: User }
  | {
      readonly kind:
        | "code_spent"
        /** The user has another account by now, or is gone: nobody is emptied unasked. */
        | "linked_to_another_user"
        | "cannot_link_more_of_type"
        | "no_such_user";
    };

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
   * that asks for it, whose trail keeps a line of it; null when the app's server asks. Of passkeys a
   * user has several, up to twenty; of every other type one.
   */
  link(
    appId: string,
    id: string,
    account: NewAccount,
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
  /**
   * Moves the only account of one user to another, who has proven it; the first is deleted with it and
   * signed out, as nobody could come in as them any more.
   */
  transferAccount(request: TransferRequest): Promise<TransferResult>;
  /** Ends what unlink ends. */
  replaceAccount(request: {
    readonly appId: string;
    readonly id: string;
    readonly from: AccountKey;
    readonly to: AccountKey;
    /** The one-time code that proved `to`, spent in the same transaction. */
    readonly codeId: string | null;
    readonly sid: string | null;
  }): Promise<
    | { kind: "linked"; user: User }
    | { kind: "code_spent" | "linked_to_another_user" | "not_linked" | "no_such_user" }
  >;
  /** User row first, then its sessions, in one transaction (R6). */
  setDisabled(appId: string, id: string, disabled: boolean): Promise<boolean>;
  delete(appId: string, id: string): Promise<boolean>;
}
