/**
 * What the server asks of its database: whole, atomic operations, each with the duty it must keep;
 * one file for each noun. Times are milliseconds since the epoch by the database's clock.
 * Infrastructure failures are LatchkeyError 503, never an answer about a session.
 */
import type { AdminStore } from "./admin-store.ts";
import type { AppStore } from "./app-store.ts";
import type { AuditStore } from "./audit-store.ts";
import type { AuthorizationCodeStore } from "./authorization-code-store.ts";
import type { CertificateStore } from "./certificate-store.ts";
import type { CodeStore } from "./code-store.ts";
import type { DeviceGrantStore } from "./device-grant-store.ts";
import type { DomainStore } from "./domain-store.ts";
import type { ImpersonationStore } from "./impersonation-store.ts";
import type { InvitationStore } from "./invitation-store.ts";
import type { KeyStore } from "./key-store.ts";
import type { LimitStore } from "./limit-store.ts";
import type { MailedCodeStore } from "./mailed-code-store.ts";
import type { OrganizationStore } from "./organization-store.ts";
import type { PasskeyStore } from "./passkey-store.ts";
import type { PasswordResetStore } from "./password-reset-store.ts";
import type { PasswordStore } from "./password-store.ts";
import type { PendingSignInStore } from "./pending-sign-in-store.ts";
import type { ProfileStore } from "./profile-store.ts";
import type { ProviderStepStore } from "./provider-step-store.ts";
import type { ProviderStore } from "./provider-store.ts";
import type { PurgeStore } from "./purge-store.ts";
import type { SessionStore } from "./session-store.ts";
import type { SignInStore } from "./sign-in-store.ts";
import type { UserListingStore } from "./user-listing-store.ts";
import type { UserStore } from "./user-store.ts";
import type { WebhookStore } from "./webhook-store.ts";

export interface Store {
  readonly sessions: SessionStore;
  readonly users: UserStore;
  readonly userListing: UserListingStore;
  readonly profiles: ProfileStore;
  readonly passkeys: PasskeyStore;
  readonly passwords: PasswordStore;
  readonly passwordResets: PasswordResetStore;
  readonly organizations: OrganizationStore;
  readonly invitations: InvitationStore;
  readonly authorizationCodes: AuthorizationCodeStore;
  readonly signIns: SignInStore;
  readonly impersonations: ImpersonationStore;
  readonly deviceGrants: DeviceGrantStore;
  readonly pendingSignIns: PendingSignInStore;
  readonly codes: CodeStore;
  readonly mailedCodes: MailedCodeStore;
  readonly limits: LimitStore;
  readonly apps: AppStore;
  readonly keys: KeyStore;
  readonly domains: DomainStore;
  readonly certificates: CertificateStore;
  readonly admins: AdminStore;
  readonly audit: AuditStore;
  readonly providers: ProviderStore;
  readonly providerSteps: ProviderStepStore;
  readonly webhooks: WebhookStore;
  readonly purging: PurgeStore;
  now(): Promise<number>;
  close(): Promise<void>;
}

/** By which all other folders know the seam. */
export type * from "./admin-store.ts";
export type * from "./app-store.ts";
export type * from "./audit-store.ts";
export type * from "./authorization-code-store.ts";
export type * from "./certificate-store.ts";
export type * from "./code-store.ts";
export type * from "./device-grant-store.ts";
export type * from "./domain-store.ts";
export type * from "./impersonation-store.ts";
export type * from "./invitation-store.ts";
export type * from "./key-store.ts";
export type * from "./limit-store.ts";
export type * from "./mailed-code-store.ts";
export type * from "./organization-store.ts";
export type * from "./page.ts";
export type * from "./passkey-store.ts";
export type * from "./password-reset-store.ts";
export type * from "./password-store.ts";
export type * from "./pending-sign-in-store.ts";
export type * from "./profile-store.ts";
export type * from "./provider-step-store.ts";
export type * from "./provider-store.ts";
export type * from "./purge-store.ts";
export type * from "./session-store.ts";
export type * from "./sign-in-store.ts";
export type * from "./user-listing-store.ts";
export type * from "./user-store.ts";
export type * from "./webhook-store.ts";
