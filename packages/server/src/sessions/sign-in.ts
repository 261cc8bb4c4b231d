/** Beginning a session, whatever proved who the user is (session rules R1 and R6). */
import { LatchkeyError } from "@latchkey/core/errors";
import type { App, AppClient } from "../apps/app-directory.ts";
import { newCuid, newServerUserId } from "../apps/ids.ts";
import type { MasterKey } from "../keys/master-key.ts";
import type { TokenKeyRing } from "../keys/token-keys.ts";
import type { Delivery, NewAccount, Protocol, Session, Store, User } from "../storage/store.ts";
import { newSessionSecret } from "./new-session.ts";
import type { SessionPolicy } from "./policy.ts";
import { currentToken } from "./refresh.ts";
import { openReplay, type RepeatableRequest, replayIds, sealReplay } from "./replay.ts";

export interface SignInDeps {
  readonly store: Store;
  readonly tokenKeys: TokenKeyRing;
  readonly master: MasterKey;
}

export interface SignInInput {
  readonly app: App;
  readonly client: AppClient | null;
  readonly protocol: Protocol;
  /** Default: in the body. */
  readonly delivery?: Delivery;
  readonly policy: SessionPolicy;
  readonly account: NewAccount;
  /** Id of the user that the sign-in may begin; default: a new one. */
  readonly newUserId?: string;
  readonly method: string;
  readonly allowSignUp: boolean;
  readonly isGuest: boolean;
  readonly codeId: string | null;
  readonly userAgent: string | null;
  readonly ip: string | null;
  /** Set when the request carried an Idempotency-Key. */
  readonly repeatable: RepeatableRequest | null;
}

export interface SignedIn {
  readonly user: User;
  readonly session: Session;
  readonly refreshToken: string;
  readonly isNewUser: boolean;
  /** The account joined this user just now, by an address. */
  readonly hasJoined?: boolean;
  readonly now: number;
}

/** Throws a LatchkeyError of the protocol when sign-in is refused. */
export async function signIn(deps: SignInDeps, input: SignInInput): Promise<SignedIn> {
  const { id, r, tokenHash, kid } = await newSessionSecret(deps.tokenKeys);
  const result = await deps.store.sessions.signIn({
    account: input.account,
    allowSignUp: input.allowSignUp,
    isGuest: input.isGuest,
    newUser: { id: input.newUserId ?? newCuid(), serverId: newServerUserId() },
    maxUsers: input.app.settings.maxUsers,
    codeId: input.codeId,
    replay: input.repeatable && (await sealReplay(deps.master, input.repeatable, { sid: id, r })),
    session: {
      id,
      protocol: input.protocol,
      appId: input.app.id,
      clientId: input.client?.id ?? null,
      delivery: input.delivery ?? "body",
      tokenHash,
      kid,
      lifetimeMs: input.policy.lifetimeMs,
      idleMs: input.policy.idleMs,
      authMethod: input.method,
      userAgent: input.userAgent?.slice(0, 512) ?? null,
      ip: input.ip,
    },
  });
  switch (result.kind) {
    case "signed_in":
      return {
        user: result.user,
        session: result.session,
        isNewUser: result.isNewUser,
        hasJoined: result.hasJoined,
        refreshToken: await currentToken(deps.tokenKeys, result.session, r),
        now: result.session.createdAt,
      };
    case "repeated": {
      const first = await repeatedSignIn(deps, input.repeatable);
      if (first) return first;
      throw wrongCode();
    }
    default:
      throw refusedSignIn(result.kind);
  }
}

/** What a refused sign-in is told, whatever proved the account. */
export function refusedSignIn(
  kind: "code_spent" | "no_such_user" | "user_disabled" | "too_many_users" | "account_taken",
): LatchkeyError {
  switch (kind) {
    case "code_spent":
      return wrongCode();
    case "no_such_user":
      return new LatchkeyError(
        "user_does_not_exist",
        404,
        "No user has this account, and this sign-in does not make one. Use mode login-or-sign-up.",
      );
    case "account_taken":
      return new LatchkeyError(
        "linked_to_another_user",
        422,
        "A user of this app has this account already. Sign in with it.",
      );
    case "user_disabled":
      return new LatchkeyError("user_disabled", 403, "This user was disabled by an operator.");
    case "too_many_users":
      return new LatchkeyError(
        "max_accounts_reached",
        403,
        "This app has reached its number of users and must be upgraded: raise maxUsers in its settings.",
      );
  }
}

/** The answer of the first request, when this one repeats it in time (R6); else null. */
export async function repeatedSignIn(
  deps: SignInDeps,
  request: RepeatableRequest | null,
): Promise<SignedIn | null> {
  if (!request) return null;
  const { id, requestHash } = await replayIds(deps.master, request);
  const kept = await deps.store.sessions.findReplay(id);
  if (!kept) return null;
  const opened =
    kept.requestHash === requestHash && (await openReplay(deps.master, request, kept.sealedAnswer));
  if (!opened) {
    throw new LatchkeyError(
      "idempotency_key_reused",
      422,
      "This Idempotency-Key was used with another request. Send a new key with a new request.",
    );
  }
  const { session, now } = await deps.store.sessions.read(opened.sid);
  const user = session && (await deps.store.users.find(session.appId, session.userId));
  if (!session || !user || session.endedAt !== null) return null;
  return {
    user,
    session,
    // Made in one transaction, they carry one time.
    isNewUser: user.createdAt === session.createdAt,
    refreshToken: await currentToken(deps.tokenKeys, session, opened.r),
    now,
  };
}

/** One answer for a wrong, spent, expired and never issued code (ASVS 6.3.8). */
export function wrongCode(): LatchkeyError {
  return new LatchkeyError(
    "invalid_credentials",
    422,
    "Invalid e-mail and code combination. Type the newest code, or ask for a new one.",
  );
}
