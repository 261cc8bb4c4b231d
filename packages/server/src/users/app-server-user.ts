/** A user as the app-server protocol shows one. */
import type { AppServerUser } from "@latchkey/core/protocol/app-server";
import type { Account, User } from "../storage/store.ts";

/** What this protocol calls a user's address; null for guests and other users without one. */
export function emailAccount(user: User): Account | null {
  return user.accounts.find((account) => account.type === "email") ?? null;
}

export function toAppServerUser(user: User): AppServerUser {
  const email = emailAccount(user);
  const { profile } = user;
  return {
    object: "user",
    id: user.serverId,
    email: email?.subject ?? "",
    email_verified: email?.isVerified ?? false,
    first_name: profile.firstName,
    last_name: profile.lastName,
    name: [profile.firstName, profile.lastName].filter(Boolean).join(" ") || null,
    profile_picture_url: profile.profilePictureUrl,
    last_sign_in_at: user.lastSignInAt === null ? null : isoTime(user.lastSignInAt),
    locale: profile.locale,
    external_id: profile.externalId,
    metadata: { ...profile.metadata },
    created_at: isoTime(user.createdAt),
    updated_at: isoTime(profile.updatedAt),
  };
}

export const isoTime = (ms: number): string => new Date(ms).toISOString();
