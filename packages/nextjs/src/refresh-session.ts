import { type CurrentRequest, canSetCookies, currentRequest } from "./current-request.ts";
import { AuthKitError, TokenRefreshError } from "./errors.ts";
import type { NoUserInfo, UserInfo } from "./interfaces.ts";
import type { NextPorts } from "./ports.ts";
import { setCookies } from "./set-cookie-lines.ts";
import { userInfo } from "./user-info.ts";
import { toSignIn } from "./with-auth.ts";

export interface RefreshSessionOptions {
  /** Goes over to this organization. Default: stays in the one it is in. */
  organizationId?: string | undefined;
  ensureSignedIn?: boolean | undefined;
}

/** Refreshes though it is not due. Throws a {@link TokenRefreshError} where that did not work. */
export async function refreshSession(
  ports: NextPorts,
  { organizationId, ensureSignedIn = false }: RefreshSessionOptions = {},
): Promise<UserInfo | NoUserInfo> {
  const current = await currentRequest(ports);
  requireSettableCookies(current, "refreshSession");
  const { manager } = ports.sessions();
  const before = await manager.readSession(current.request);
  const result = await manager.refreshSession(current.request, { organizationId });
  setCookies(current.store, result.headers.getSetCookie());
  if (result.status === "signed_in") return userInfo(result);
  if (result.status === "signed_out" && ensureSignedIn) {
    return toSignIn(ports, current, { mode: "ensure", organizationId });
  }
  if (result.status === "signed_out" && result.reason !== "ended") return { user: null };
  const isOver = result.status === "signed_out";
  const code = result.status === "signed_out" ? "invalid_grant" : result.code;
  const words = {
    signed_out: "the session is over",
    unavailable: "the session server cannot be reached; the session goes on",
    refused: `the session server declined (${code}); the session goes on`,
  }[result.status];
  throw new TokenRefreshError(`Failed to refresh session: ${words}.`, result, {
    ...(before.status === "signed_in" && { userId: before.user.id, sessionId: before.sessionId }),
    ...(before.status === "stale" && { userId: before.userId, sessionId: before.sessionId }),
    isTransient: !isOver,
    code,
  });
}

/** Before anything moves: a refreshed session that is not kept would end for reuse later. */
export function requireSettableCookies({ store }: CurrentRequest, name: string): void {
  if (canSetCookies(store)) return;
  throw new AuthKitError(
    `${name}() sets cookies, which Next allows in Server Actions and Route Handlers only: call it in one of these.`,
  );
}
