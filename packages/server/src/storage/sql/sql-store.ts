import type { Database } from "../database.ts";
import type { Store } from "../store.ts";
import { sqlAdminStore } from "./admin-store.ts";
import { sqlAppStore } from "./app-store.ts";
import { sqlAuditStore } from "./audit-store.ts";
import { sqlCertificateStore } from "./certificate-store.ts";
import { sqlCodeStore } from "./code-store.ts";
import { sqlDeviceGrantStore } from "./device-grant-store.ts";
import { sqlDomainStore } from "./domain-store.ts";
import { sqlAuthorizationCodeStore } from "./exchange-code.ts";
import { sqlImpersonationStore } from "./impersonation-store.ts";
import { sqlInsightStore } from "./insight-store.ts";
import { sqlInvitationStore } from "./invitation-store.ts";
import { sqlKeyStore } from "./key-store.ts";
import { sqlLimitStore } from "./limit-store.ts";
import { sqlMailTemplateStore } from "./mail-template-store.ts";
import { sqlMailedCodeStore } from "./mailed-code-store.ts";
import { sqlOrganizationStore } from "./organization-store.ts";
import { sqlPasskeyStore } from "./passkey-store.ts";
import { sqlPasswordResetStore } from "./password-reset-store.ts";
import { sqlPasswordStore } from "./password-store.ts";
import { sqlPendingSignInStore } from "./pending-sign-in-store.ts";
import { sqlProfileStore } from "./profile-store.ts";
import { sqlProviderStepStore } from "./provider-step-store.ts";
import { sqlProviderStore } from "./provider-store.ts";
import { sqlPurgeStore } from "./purge-store.ts";
import { sqlSessionListingStore } from "./session-listing-store.ts";
import { sqlSessionStore } from "./session-store.ts";
import { sqlSignInStore } from "./sign-in-store.ts";
import { sqlUserListingStore } from "./user-listing-store.ts";
import { sqlUserStore } from "./user-store.ts";
import { sqlWebhookStore } from "./webhook-store.ts";

/** The store on either database; `database.ts` is all that differs between them. */
export function sqlStore(db: Database): Store {
  return {
    sessions: sqlSessionStore(db),
    users: sqlUserStore(db),
    userListing: sqlUserListingStore(db),
    sessionListing: sqlSessionListingStore(db),
    insight: sqlInsightStore(db),
    profiles: sqlProfileStore(db),
    passkeys: sqlPasskeyStore(db),
    passwords: sqlPasswordStore(db),
    passwordResets: sqlPasswordResetStore(db),
    organizations: sqlOrganizationStore(db),
    invitations: sqlInvitationStore(db),
    authorizationCodes: sqlAuthorizationCodeStore(db),
    signIns: sqlSignInStore(db),
    impersonations: sqlImpersonationStore(db),
    deviceGrants: sqlDeviceGrantStore(db),
    pendingSignIns: sqlPendingSignInStore(db),
    codes: sqlCodeStore(db),
    mailedCodes: sqlMailedCodeStore(db),
    limits: sqlLimitStore(db),
    apps: sqlAppStore(db),
    keys: sqlKeyStore(db),
    domains: sqlDomainStore(db),
    certificates: sqlCertificateStore(db),
    admins: sqlAdminStore(db),
    audit: sqlAuditStore(db),
    providers: sqlProviderStore(db),
    providerSteps: sqlProviderStepStore(db),
    webhooks: sqlWebhookStore(db),
    mailTemplates: sqlMailTemplateStore(db),
    purging: sqlPurgeStore(db),
    now: () => db.now(),
    close: () => db.close(),
  };
}
