import type { SignedInSession } from "@latchkey/backend/sealed";
import type { User, UserInfo } from "./interfaces.ts";

/** A session as apps get it: copies that they may keep and pass to client components. */
export function userInfo(session: SignedInSession): UserInfo {
  return {
    sessionId: session.sessionId,
    user: userOf(session),
    organizationId: session.organizationId,
    role: session.role,
    roles: session.roles && [...session.roles],
    permissions: session.permissions && [...session.permissions],
    entitlements: session.entitlements && [...session.entitlements],
    featureFlags: session.featureFlags && [...session.featureFlags],
    impersonator: session.impersonator && { ...session.impersonator },
    accessToken: session.accessToken,
  };
}

export function userOf({ user }: Pick<SignedInSession, "user">): User {
  return { ...user, metadata: { ...user.metadata } };
}
