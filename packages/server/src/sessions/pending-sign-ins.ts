/**
 * A sign-in that waits for one thing more after the password: its token, 256 random bits, is good
 * once and for ten minutes, and begins nothing by itself.
 */
import { crypto } from "@latchkey/core/crypto";
import { base64url } from "@latchkey/core/encoding";
import type { App } from "../apps/app-directory.ts";
import { keyedHash, type MasterKey } from "../keys/master-key.ts";
import type { TokenKeyRing } from "../keys/token-keys.ts";
import type { PendingSignIn, Store, User } from "../storage/store.ts";
import { newSessionSecret } from "./new-session.ts";
import type { SessionPolicy } from "./policy.ts";
import { currentToken } from "./refresh.ts";
import { type RepeatableRequest, sealReplay } from "./replay.ts";
import { refusedSignIn, repeatedSignIn, type SignedIn, wrongCode } from "./sign-in.ts";

const LIFETIME_MS = 10 * 60_000;

export interface PendingDeps {
  readonly store: Store;
  readonly master: MasterKey;
}

export interface PendingInput {
  readonly app: App;
  readonly user: User;
  readonly email: string;
  /** How the user proved who they are so far: `email`, `password`. */
  readonly method: string;
  readonly waitsFor: PendingSignIn["waitsFor"];
}

export async function startPendingSignIn(
  { store, master }: PendingDeps,
  { app, user, email, method, waitsFor }: PendingInput,
): Promise<string> {
  const token = base64url(crypto.randomBytes(32));
  await store.pendingSignIns.create({
    id: await idOf(master, token),
    appId: app.id,
    userId: user.id,
    waitsFor,
    email,
    authMethod: method,
    lifetimeMs: LIFETIME_MS,
  });
  return token;
}

/** Null once it was used or ran out, or when it waits for something else. */
export async function findPendingSignIn(
  { store, master }: PendingDeps,
  app: App,
  token: string,
  waitsFor: PendingSignIn["waitsFor"],
): Promise<PendingSignIn | null> {
  const found = await store.pendingSignIns.find(app.id, await idOf(master, token));
  return found?.waitsFor === waitsFor ? found : null;
}

export interface CompletePending {
  readonly pending: PendingSignIn;
  /** The one-time code that proved the address; null where none was needed. */
  readonly codeId: string | null;
  readonly organizationId: string | null;
  readonly policy: SessionPolicy;
  readonly userAgent: string | null;
  readonly ip: string | null;
  /** Set when the request carried an Idempotency-Key. */
  readonly repeatable: RepeatableRequest | null;
}

/** Throws `invalid_credentials` for a pending sign-in or code that was used meanwhile. */
export async function completePendingSignIn(
  deps: PendingDeps & { readonly tokenKeys: TokenKeyRing },
  input: CompletePending,
): Promise<SignedIn> {
  const { pending, policy } = input;
  const { id, r, tokenHash, kid } = await newSessionSecret(deps.tokenKeys);
  const result = await deps.store.pendingSignIns.complete({
    id: pending.id,
    codeId: input.codeId,
    organizationId: input.organizationId,
    replay: input.repeatable && (await sealReplay(deps.master, input.repeatable, { sid: id, r })),
    session: {
      id,
      protocol: "app_server",
      appId: pending.appId,
      clientId: null,
      delivery: "body",
      tokenHash,
      kid,
      lifetimeMs: policy.lifetimeMs,
      idleMs: policy.idleMs,
      authMethod: pending.authMethod,
      userAgent: input.userAgent?.slice(0, 512) ?? null,
      ip: input.ip,
    },
  });
  if (result.kind === "signed_in") {
    const { user, session } = result;
    const refreshToken = await currentToken(deps.tokenKeys, session, r);
    return { user, session, refreshToken, isNewUser: false, now: session.createdAt };
  }
  if (result.kind === "repeated") {
    const first = await repeatedSignIn(deps, input.repeatable);
    if (first) return first;
    throw wrongCode();
  }
  if (result.kind === "code_expired") throw wrongCode();
  throw refusedSignIn(result.kind);
}

const idOf = (master: MasterKey, token: string): Promise<string> =>
  keyedHash(master, "pending-sign-in", token);
