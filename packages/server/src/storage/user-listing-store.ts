import type { User, UserPlace } from "./user-store.ts";

export interface UserListingRequest {
  readonly appId: string;
  /** The beginning of an address or another account's subject; null lists all. */
  readonly beginning: string | null;
  /** Users older than this one; by address, those after this subject. */
  readonly after: UserListingPlace | null;
  readonly limit: number;
}

export type UserListingPlace =
  | ({ readonly kind: "by_age" } & UserPlace)
  | { readonly kind: "by_subject"; readonly subject: string; readonly id: string };

export interface UserListing {
  readonly users: readonly User[];
  readonly next: UserListingPlace | null;
}

/** What an administrator leafs through. Every page is a range of an index, however many there are. */
export interface UserListingStore {
  /** All users newest first; those with a beginning by subject. */
  page(request: UserListingRequest): Promise<UserListing>;
}
