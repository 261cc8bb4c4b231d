/** Turns a session into what the browser protocol answers: the user and the three tokens. */
import type { AuthenticatedUser } from "@latchkey/core/protocol/browser";
import {
  mintAccessToken,
  mintIdentityToken,
  mintSessionServerToken,
} from "@latchkey/core/tokens/browser-tokens";
import type { App } from "../apps/app-directory.ts";
import type { SigningKeys } from "../keys/signing-keys.ts";
import type { Session, User } from "../storage/store.ts";
import { identityAccounts, toWireUser, wireUserId } from "../users/wire-user.ts";
import type { SessionPolicy } from "./policy.ts";

export interface AnswerInput {
  readonly app: App;
  readonly policy: SessionPolicy;
  readonly user: User;
  readonly session: Session;
  readonly refreshToken: string;
  readonly now: number;
  readonly isNewUser?: boolean;
}

export async function authenticatedUser(
  keys: SigningKeys,
  input: AnswerInput,
): Promise<AuthenticatedUser> {
  const { app, user, session } = input;
  const { current } = await keys.of(app.id, "browser");
  const subject = {
    appId: app.id,
    userId: wireUserId(user.id),
    sessionId: session.id,
    ...tokenTimes(input.policy, session, input.now),
  };
  return {
    user: toWireUser(user),
    token: await mintAccessToken(subject, current),
    privy_access_token: await mintSessionServerToken(subject, current),
    refresh_token: input.refreshToken,
    ...(app.settings.identityToken && {
      identity_token: await identityToken(keys, app, user, subject),
    }),
    ...(input.isNewUser !== undefined && { is_new_user: input.isNewUser }),
    session_update_action: "set",
  };
}

/** A token outlives neither its lifetime nor its session, which idles out unless refreshed. */
export function tokenTimes(
  { accessTokenTtl }: SessionPolicy,
  { absoluteExpiresAt, idleExpiresAt }: Session,
  now: number,
): { issuedAt: number; expiresAt: number } {
  const issuedAt = Math.floor(now / 1000);
  const sessionEnd = Math.ceil(Math.min(absoluteExpiresAt, idleExpiresAt) / 1000);
  return { issuedAt, expiresAt: Math.min(issuedAt + accessTokenTtl, sessionEnd) };
}

export async function identityToken(
  keys: SigningKeys,
  app: App,
  user: User,
  times: { issuedAt: number; expiresAt: number },
): Promise<string> {
  const { current } = await keys.of(app.id, "browser");
  return mintIdentityToken(
    {
      appId: app.id,
      userId: wireUserId(user.id),
      issuedAt: times.issuedAt,
      expiresAt: times.expiresAt,
      createdAt: Math.floor(user.createdAt / 1000),
      linkedAccounts: identityAccounts(user),
      customMetadata: user.customMetadata ?? undefined,
      isGuest: user.isGuest,
    },
    current,
  );
}
