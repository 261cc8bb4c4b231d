import { LatchkeyError } from "@latchkey/core/errors";
import { TERMINAL_GRANT_ERROR } from "@latchkey/core/protocol/app-server";
import type { AuthenticateRequest } from "@latchkey/core/protocol/app-server-requests";
import type { App } from "../../apps/app-directory.ts";
import type { Services } from "../../services.ts";
import { PUBLIC_CLIENT } from "../../sessions/authorization-codes.ts";
import { appServerPolicy } from "../../sessions/policy.ts";
import { refreshSession } from "../../sessions/refresh.ts";
import type { SignedIn } from "../../sessions/sign-in.ts";
import { type TerminalReason, terminalWords } from "../../sessions/terminal.ts";
import { sessionOfToken } from "../../sessions/token-session.ts";
import type { Session } from "../../storage/store.ts";
import { type Client, invalidClient } from "./client.ts";

type RefreshRequest = Extract<AuthenticateRequest, { grant_type: "refresh_token" }>;

/**
 * RFC 6749 section 6. The one terminal answer is 400 `invalid_grant`; all others are 5xx, 429 or
 * 403, because clients take any other 4xx for the end of the session (session rule R5). `token` is
 * the body's, or the cookie's.
 */
export async function refreshGrant(
  services: Services,
  { app, isAuthenticated }: Client,
  body: RefreshRequest,
  token: string,
): Promise<Omit<SignedIn, "isNewUser">> {
  const organizationId = body.organization_id ?? null;
  // Asked before the refresh, because what is refused must not move the session.
  const before =
    organizationId === null && isAuthenticated ? null : await sessionOfToken(services, token);
  if (before && !isAuthenticated && before.clientId !== PUBLIC_CLIENT) {
    throw invalidClient(body, "This session was begun with the app's API key: send client_secret.");
  }
  const switches = before && (await switchesTo(services, app, before, organizationId));

  const result = await refreshSession(services, {
    token,
    appId: app.id,
    protocol: "app_server",
    policy: appServerPolicy(app, services.settings.sessions),
  });
  services.metrics.refresh(
    result.kind === "active"
      ? result.outcome
      : result.kind === "terminal"
        ? `terminal_${result.reason}`
        : result.kind,
    app.id,
  );
  if (result.kind === "client_mismatch") {
    throw new LatchkeyError(
      "client_mismatch",
      503,
      "This session belongs to another app. Nothing was changed; send the client_id that it began with.",
    );
  }
  if (result.kind === "terminal") throw terminalGrant(result.reason);
  const { user, refreshToken, now, outcome } = result;
  let { session } = result;
  if (outcome === "regressed" || outcome === "late_replay") {
    services.log.warn({ sessionId: session.id, outcome }, "unusual refresh");
  }
  if (!user) throw terminalGrant("user_deleted");
  if (switches) {
    await services.store.sessions.setOrganization(session.id, organizationId);
    session = { ...session, organizationId };
  }
  return { user, session, refreshToken, now };
}

/**
 * Whether the session changes organization. Naming the one that it is in is no change, so that a
 * membership that ended meanwhile takes the organization away and not the session.
 */
async function switchesTo(
  { store }: Services,
  app: App,
  session: Session,
  organizationId: string | null,
): Promise<boolean> {
  if (organizationId === null || organizationId === session.organizationId) return false;
  if (session.appId !== app.id) return false;
  const membership = await store.organizations.membershipOf(app.id, session.userId, organizationId);
  if (membership?.status === "active") return true;
  throw new LatchkeyError(
    "access_denied",
    403,
    "The user is not an active member of this organization. Nothing was changed.",
  );
}

function terminalGrant(reason: TerminalReason): LatchkeyError {
  return new LatchkeyError(TERMINAL_GRANT_ERROR, 400, `${terminalWords(reason)} Sign in again.`);
}
