import type { User } from "./user-store.ts";

/** Times are milliseconds since the epoch; `from` is included, `until` is not. */
export interface UserFilter {
  readonly createdFrom?: number | undefined;
  readonly createdUntil?: number | undefined;
  readonly signedInFrom?: number | undefined;
  readonly signedInUntil?: number | undefined;
  readonly disabled?: boolean | undefined;
  readonly guest?: boolean | undefined;
  /** Such as `email` or `passkey`. */
  readonly accountType?: string | undefined;
  readonly organizationId?: string | undefined;
}

export interface UserListingRequest {
  readonly appId: string;
  /** The beginning of an address, of another account's subject, or of a name; null lists all. */
  readonly beginning: string | null;
  readonly filter: UserFilter;
  readonly after: UserListingPlace | null;
  readonly limit: number;
}

/** What a list walks along: an index, in its order. */
export type UserWalk =
  | "created"
  | "signed_in"
  | "disabled"
  | "guests"
  | "account_type"
  | "organization";

export type SearchedIn = "subject" | "first_name" | "last_name";

/** The last row that was looked at. */
export type UserListingPlace =
  | {
      readonly kind: "by_time";
      readonly walk: UserWalk;
      readonly at: number;
      readonly id: string;
    }
  | {
      readonly kind: "by_text";
      readonly in: SearchedIn;
      /** Null: from the beginning of what is searched next. */
      readonly text: string | null;
      readonly id: string;
    };

export interface UserListing {
  readonly users: readonly User[];
  /** Null at the end. A page may have fewer users than its limit, or none, and a place to go on at. */
  readonly next: UserListingPlace | null;
}

/**
 * What an administrator leafs through. Every page is a range of one index: what the others of its
 * filters take away is looked through up to a bound, so that no page reads a whole table.
 */
export interface UserListingStore {
  /**
   * Newest first: by the time of the last sign-in where that is filtered by, of being linked or of
   * joining where an account type or an organization is; found ones by what begins so.
   *
   * @throws LatchkeyError 400 `invalid_cursor` for a place of another list
   */
  page(request: UserListingRequest): Promise<UserListing>;
}
