import type { Page, PageRequest } from "./page.ts";
import type { NewUserIds, User } from "./user-store.ts";

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
  /** Spends the code and counts the address as proven; the password stays. Null when either is gone. */
  verifyEmail(request: {
    readonly appId: string;
    readonly id: string;
    readonly email: string;
    readonly codeId: string;
  }): Promise<User | null>;
  /** A password or an address that replaces one ends the user's sessions and sign-ins. */
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
