import type { Page, PageRequest } from "./page.ts";

export interface Invitation {
  /** `invitation_…` */
  readonly id: string;
  readonly appId: string;
  readonly email: string;
  /** Null for one to the app alone. */
  readonly organizationId: string | null;
  /** Slug; null for the app's first. */
  readonly role: string | null;
  /** `user_…` */
  readonly inviterUserId: string | null;
  /** Under the master key; see organizations/invitations.ts. */
  readonly sealedToken: string;
  readonly createdAt: number;
  readonly updatedAt: number;
  readonly expiresAt: number;
  readonly acceptedAt: number | null;
  /** `user_…` */
  readonly acceptedUserId: string | null;
  readonly revokedAt: number | null;
}

export interface NewInvitation
  extends Pick<
    Invitation,
    "id" | "appId" | "email" | "organizationId" | "role" | "inviterUserId" | "sealedToken"
  > {
  /** Keyed hash. */
  readonly tokenHash: string;
  readonly lifetimeMs: number;
}

export interface InvitationStore {
  /** `already_invited` while one of the same address and organization is pending. */
  create(
    invitation: NewInvitation,
  ): Promise<
    | { readonly kind: "created"; readonly invitation: Invitation }
    | { readonly kind: "already_invited" | "no_such_organization" }
  >;
  find(appId: string, id: string): Promise<Invitation | null>;
  findByToken(tokenHash: string): Promise<Invitation | null>;
  page(
    appId: string,
    filter: { readonly email: string | null; readonly organizationId: string | null },
    page: PageRequest,
  ): Promise<Page<Invitation>>;
  /** Only a pending one; null for every other. */
  revoke(appId: string, id: string): Promise<Invitation | null>;
  /** Gives a pending one, or one that ran out, this much time from now; null for every other. */
  extend(appId: string, id: string, lifetimeMs: number): Promise<Invitation | null>;
  /**
   * Makes the user a member of its organization, unless they are one, and notes who accepted. The
   * same user may repeat it. Null when it is not pending, or its user is gone.
   */
  accept(
    appId: string,
    id: string,
    by: {
      readonly userId: string;
      /** For the membership that it may make. */
      readonly membershipId: string;
      /** Slug, where the invitation names none. */
      readonly defaultRole: string;
    },
  ): Promise<Invitation | null>;
}
