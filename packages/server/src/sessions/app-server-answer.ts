/** Turns a session into what the app-server protocol answers: the user and the two tokens. */
import { crypto } from "@latchkey/core/crypto";
import { base64url } from "@latchkey/core/encoding";
import type {
  AppServerSession,
  AuthenticationAnswer,
  AuthenticationMethod,
  OAuthTokens,
  SessionAuthMethod,
} from "@latchkey/core/protocol/app-server";
import { isExpired } from "@latchkey/core/sessions/rules";
import { mintAppServerToken } from "@latchkey/core/tokens/app-server-tokens";
import type { App } from "../apps/app-directory.ts";
import { organizationClaims } from "../organizations/claims.ts";
import { presets } from "../providers/presets.ts";
import type { Services } from "../services.ts";
import type { Session, User } from "../storage/store.ts";
import { isoTime, toAppServerUser } from "../users/app-server-user.ts";
import { appServerPolicy } from "./policy.ts";

export interface AppServerAnswerInput {
  readonly app: App;
  readonly user: User;
  readonly session: Session;
  readonly refreshToken: string;
  /** Of a sign-in at a provider whose tokens the app is handed. */
  readonly oauthTokens?: OAuthTokens | null;
  /** Milliseconds by the database's clock. */
  readonly now: number;
}

export async function authenticationAnswer(
  services: Pick<Services, "store" | "signingKeys" | "settings">,
  { app, user, session, refreshToken, oauthTokens, now }: AppServerAnswerInput,
): Promise<AuthenticationAnswer> {
  const { current } = await services.signingKeys.of(app.id, "app_server");
  const { accessTokenTtl } = appServerPolicy(app, services.settings.sessions);
  const { organizationId, impersonator } = session;
  const organization =
    organizationId === null
      ? null
      : await organizationClaims(services.store.organizations, app, user.id, organizationId);
  const iat = Math.floor(now / 1000);
  const access_token = await mintAppServerToken(
    {
      origin: services.settings.publicUrl(),
      clientId: app.clientId,
      sub: user.serverId,
      sid: session.id,
      jti: base64url(crypto.randomBytes(16)),
      iat,
      // A token outlives neither its lifetime nor its session.
      exp: Math.min(iat + accessTokenTtl, Math.ceil(session.absoluteExpiresAt / 1000)),
      auth_time: Math.floor(session.authenticatedAt / 1000),
      ...organization,
      ...(impersonator && { act: { sub: impersonator.email } }),
    },
    current,
  );
  return {
    user: toAppServerUser(user),
    ...(organization && { organization_id: organization.org_id }),
    access_token,
    refresh_token: refreshToken,
    authentication_method: methodsOf(session).authentication,
    ...(impersonator && { impersonator }),
    ...(oauthTokens && { oauth_tokens: oauthTokens }),
  };
}

/** A session as lists show it. */
export function toWireSession(session: Session, user: User, now: number): AppServerSession {
  return {
    object: "session",
    id: session.id,
    user_id: user.serverId,
    ...(session.organizationId !== null && { organization_id: session.organizationId }),
    ...(session.impersonator && { impersonator: session.impersonator }),
    ip_address: session.ip,
    user_agent: session.userAgent,
    auth_method: methodsOf(session).session,
    status: session.endedAt !== null ? "revoked" : isExpired(session, now) ? "expired" : "active",
    expires_at: isoTime(session.absoluteExpiresAt),
    ended_at: session.endedAt === null ? null : isoTime(session.endedAt),
    created_at: isoTime(session.createdAt),
    updated_at: isoTime(session.endedAt ?? session.movedAt),
  };
}

/** The protocol's two names of what we call one way. */
const METHODS: Readonly<
  Record<string, { authentication: AuthenticationMethod; session: SessionAuthMethod }>
> = {
  email: { authentication: "MagicAuth", session: "magic_code" },
  password: { authentication: "Password", session: "password" },
  passkey: { authentication: "Passkey", session: "passkey" },
  impersonation: { authentication: "Impersonation", session: "impersonation" },
  sso: { authentication: "SSO", session: "sso" },
  ...Object.fromEntries(
    presets.map(({ accountType, authkitName }) => [
      accountType,
      { authentication: authkitName, session: "oauth" as const },
    ]),
  ),
};

/** Providers that have a name of their own, and no other. */
const ANY_PROVIDER = { authentication: "SSO", session: "sso" } as const;

const methodsOf = ({ authMethod }: Session) =>
  METHODS[authMethod] ??
  (authMethod.startsWith("custom:") ? ANY_PROVIDER : null) ?? {
    authentication: "ExternalAuth",
    session: "external_auth",
  };
