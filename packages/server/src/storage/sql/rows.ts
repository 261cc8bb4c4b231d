import type { EndReason } from "@latchkey/core/sessions/rules";
import type { Selectable } from "kysely";
import type {
  AccountTable,
  AppTable,
  SessionTable,
  SigningKeyTable,
  UserTable,
} from "../schema.ts";
import type {
  Account,
  AccountData,
  AppRecord,
  Protocol,
  Session,
  SigningKeyRecord,
  User,
} from "../store.ts";

export type SessionRow = Selectable<SessionTable>;
export type UserRow = Selectable<UserTable>;
export type AccountRow = Selectable<AccountTable>;

export function toSession(row: SessionRow): Session {
  return {
    id: row.id,
    protocol: row.protocol as Protocol,
    appId: row.app_id,
    clientId: row.client_id,
    delivery: row.delivery as Session["delivery"],
    userId: row.user_id,
    kid: row.kid,
    generation: row.generation,
    movedAt: row.moved_at,
    lateGeneration: row.late_generation,
    createdAt: row.created_at,
    absoluteExpiresAt: row.absolute_expires_at,
    idleExpiresAt: row.idle_expires_at,
    idleMs: row.idle_ms,
    endedAt: row.ended_at,
    endReason: row.end_reason as EndReason | null,
    authMethod: row.auth_method,
    authenticatedAt: row.authenticated_at,
    userAgent: row.user_agent,
    ip: row.ip,
    impersonator: row.impersonator === null ? null : JSON.parse(row.impersonator),
    organizationId: row.organization_id,
  };
}

const NO_DATA: AccountData = Object.freeze({});

export function toAccount(row: Omit<AccountRow, "id" | "user_id" | "app_id">): Account {
  return {
    type: row.type,
    subject: row.subject,
    verifiedAt: row.verified_at,
    firstVerifiedAt: row.first_verified_at,
    latestVerifiedAt: row.latest_verified_at,
    isVerified: row.unverified !== 1,
    data: row.data === "{}" ? NO_DATA : JSON.parse(row.data),
  };
}

export function toUser(row: UserRow, accounts: readonly Account[]): User {
  return {
    id: row.id,
    serverId: row.server_id,
    appId: row.app_id,
    isGuest: row.is_guest === 1,
    acceptedTermsAt: row.accepted_terms_at,
    customMetadata: row.custom_metadata === null ? null : JSON.parse(row.custom_metadata),
    disabledAt: row.disabled_at,
    createdAt: row.created_at,
    lastSignInAt: row.last_sign_in_at,
    profile: {
      firstName: row.first_name,
      lastName: row.last_name,
      profilePictureUrl: row.profile_picture_url,
      externalId: row.external_id,
      locale: row.locale,
      metadata: row.metadata === null ? {} : JSON.parse(row.metadata),
      updatedAt: row.updated_at ?? row.created_at,
    },
    accounts,
  };
}

export function toApp(row: Selectable<AppTable>): AppRecord {
  return {
    id: row.id,
    clientId: row.client_id,
    name: row.name,
    kind: row.kind as AppRecord["kind"],
    settings: row.settings,
    createdAt: row.created_at,
    updatedAt: row.updated_at,
  };
}

export function toSigningKey(row: Selectable<SigningKeyTable>): SigningKeyRecord {
  return {
    kid: row.kid,
    appId: row.app_id,
    protocol: row.protocol as Protocol,
    publicJwk: JSON.parse(row.public_jwk),
    sealedPrivateJwk: row.sealed_private_jwk,
    createdAt: row.created_at,
    activeAt: row.active_at,
    retiredAt: row.retired_at,
  };
}
