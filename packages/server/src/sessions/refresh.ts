/**
 * Refreshing a session: rules R1 to R6 and R9, from the token presented to the token answered.
 * Expected outcomes are the union below; everything else is thrown and says nothing about the
 * session.
 */
import { refreshDelivery } from "@latchkey/core/cookies/delivery";
import { after, type MaybePromise } from "@latchkey/core/crypto";
import {
  changesSession,
  classifyRefresh,
  isExpired,
  type RefreshOutcome,
  type RefreshPolicy,
} from "@latchkey/core/sessions/rules";
import {
  formatRefreshToken,
  hashTokenSecret,
  isAuthentic,
  type ParsedRefreshToken,
  parseRefreshToken,
} from "@latchkey/core/tokens/refresh-token";
import type { TokenKeyRing } from "../keys/token-keys.ts";
import type { Delivery, Protocol, Session, Store, User } from "../storage/store.ts";
import type { ClockGuard } from "./clock-guard.ts";
import type { DeclaredLoss } from "./declared-loss.ts";
import type { SessionPolicy } from "./policy.ts";
import type { RefreshLimiter } from "./refresh-limiter.ts";
import { stateLost } from "./state-lost.ts";
import type { TerminalReason } from "./terminal.ts";

export type RefreshResult =
  | {
      readonly kind: "active";
      readonly outcome: RefreshOutcome;
      readonly session: Session;
      /** As the plain read saw it; null when it is gone without having ended its sessions. */
      readonly user: User | null;
      readonly refreshToken: string;
      /** Milliseconds by the database's clock. */
      readonly now: number;
    }
  | { readonly kind: "terminal"; readonly reason: TerminalReason }
  /** Nothing was moved. `keptInCookie`: it was presented where no cookie counts (R6). */
  | { readonly kind: "client_mismatch"; readonly keptInCookie?: true };

export interface RefreshDeps {
  readonly store: Pick<Store, "sessions">;
  readonly tokenKeys: TokenKeyRing;
  readonly limiter: RefreshLimiter;
  readonly clockGuard: ClockGuard;
  readonly declaredLoss: DeclaredLoss;
}

export interface RefreshInput {
  readonly token: string;
  readonly appId: string;
  readonly protocol: Protocol;
  readonly policy: SessionPolicy;
  /** How this answer is delivered, where that decides about the session (R6). */
  readonly delivery?: Delivery;
}

const terminal = (reason: TerminalReason): RefreshResult => ({ kind: "terminal", reason });

export async function refreshSession(
  deps: RefreshDeps,
  input: RefreshInput,
): Promise<RefreshResult> {
  const token = parseRefreshToken(input.token);
  if (!token) return terminal("invalid");
  // R1: the mac comes before any database access, and a bad one triggers nothing.
  const key = await deps.tokenKeys.find(token.kid);
  if (!(await isAuthentic(token, key.key))) return terminal("invalid");
  if (key.retired) return terminal("key_retired");
  deps.limiter.check(token.sid);

  const tokenHash = await hashTokenSecret(token.r);
  const { session, user, now } = await deps.store.sessions.readWithUser(token.sid);
  // Signed out while there was no row, by one who could not tell the hash.
  if (session?.tokenHash === "") return terminal(session.endReason ?? "logout");
  if (session?.tokenHash !== tokenHash) return withoutRow(deps, token, now);
  if (session.appId !== input.appId || session.protocol !== input.protocol) {
    return { kind: "client_mismatch" };
  }
  if (input.delivery && refreshDelivery(session.delivery, input.delivery) === "refuse") {
    return { kind: "client_mismatch", keptInCookie: true };
  }

  const policy = policyOf(session, input.policy.refresh);
  const predicted = classifyRefresh(session, token.generation, now, policy);
  if (!changesSession(predicted))
    return answer(deps, token, { outcome: predicted, session, user, now });

  const moved = await deps.store.sessions.refresh({
    before: session,
    tokenHash,
    presented: token.generation,
    now,
    policy,
    currentKid: (await deps.tokenKeys.current()).kid,
    predicted,
    requireClock: deps.clockGuard.requireAgreement,
  });
  if (!moved) return withoutRow(deps, token, now);
  return answer(deps, token, { ...moved, user, now });
}

/**
 * The idle lifetime is the one that the session was born with (R6), and no window is so long that a
 * session in use would idle out before it may move.
 */
function policyOf(session: Session, policy: RefreshPolicy): RefreshPolicy {
  const { idleMs } = session;
  return { ...policy, idleMs, windowMs: Math.min(policy.windowMs, Math.floor(idleMs / 2)) };
}

function answer(
  deps: RefreshDeps,
  token: ParsedRefreshToken,
  {
    outcome,
    session,
    user,
    now,
  }: { outcome: RefreshOutcome; session: Session; user: User | null; now: number },
): MaybePromise<RefreshResult> {
  if (session.endedAt !== null) return terminal(session.endReason ?? "revoked");
  if (outcome === "expired" || isExpired(session, now)) {
    deps.clockGuard.requireAgreement();
    return terminal("expired");
  }
  return after(
    currentToken(deps.tokenKeys, session, token.r),
    (refreshToken): RefreshResult => ({
      kind: "active",
      outcome,
      session,
      user,
      refreshToken,
      now,
    }),
  );
}

/** R9: an authentic token outlived its row; only its own expiry or the operator ends it. */
async function withoutRow(
  deps: RefreshDeps,
  token: ParsedRefreshToken,
  now: number,
): Promise<RefreshResult> {
  if (now >= token.absoluteExpiry * 1000) {
    deps.clockGuard.requireAgreement();
    return terminal("expired");
  }
  if (await deps.declaredLoss.isDeclared(now)) return terminal("session_lost");
  throw stateLost();
}

/** The refresh token of the session's current generation: one value, whoever asks (R1). */
export function currentToken(
  tokenKeys: TokenKeyRing,
  session: Session,
  r: string,
): MaybePromise<string> {
  const { kid, id: sid, generation } = session;
  const absoluteExpiry = Math.floor(session.absoluteExpiresAt / 1000);
  return after(tokenKeys.find(kid), ({ key }) =>
    formatRefreshToken({ kid, sid, generation, absoluteExpiry, r }, key),
  );
}
