import type { Database } from "../database.ts";
import type { Store } from "../store.ts";
import { sqlAppStore } from "./app-store.ts";
import { sqlCodeStore } from "./code-store.ts";
import { sqlDeviceGrantStore } from "./device-grant-store.ts";
import { sqlDomainStore } from "./domain-store.ts";
import { sqlAuthorizationCodeStore } from "./exchange-code.ts";
import { sqlKeyStore } from "./key-store.ts";
import { sqlLimitStore } from "./limit-store.ts";
import { sqlOrganizationStore } from "./organization-store.ts";
import { sqlPasswordStore } from "./password-store.ts";
import { sqlProfileStore } from "./profile-store.ts";
import { sqlPurgeStore } from "./purge-store.ts";
import { sqlSessionStore } from "./session-store.ts";
import { sqlSignInStore } from "./sign-in-store.ts";
import { sqlUserStore } from "./user-store.ts";

/** The store on either database; `database.ts` is all that differs between them. */
export function sqlStore(db: Database): Store {
  return {
    sessions: sqlSessionStore(db),
    users: sqlUserStore(db),
    profiles: sqlProfileStore(db),
    passwords: sqlPasswordStore(db),
    organizations: sqlOrganizationStore(db),
    authorizationCodes: sqlAuthorizationCodeStore(db),
    signIns: sqlSignInStore(db),
    deviceGrants: sqlDeviceGrantStore(db),
    codes: sqlCodeStore(db),
    limits: sqlLimitStore(db),
    apps: sqlAppStore(db),
    keys: sqlKeyStore(db),
    domains: sqlDomainStore(db),
    purging: sqlPurgeStore(db),
    now: () => db.now(),
    close: () => db.close(),
  };
}
