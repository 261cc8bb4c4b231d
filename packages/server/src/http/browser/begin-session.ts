/** The steps that every way of signing in shares, once it is proven who signs in. */
import type { AuthenticatedUser } from "@latchkey/core/protocol/browser";
import type { Services } from "../../services.ts";
import { authenticatedUser } from "../../sessions/browser-answer.ts";
import { sessionPolicy } from "../../sessions/policy.ts";
import type { RepeatableRequest } from "../../sessions/replay.ts";
import { repeatedSignIn, type SignedIn, signIn } from "../../sessions/sign-in.ts";
import type { NewAccount, User } from "../../storage/store.ts";
import type { RequestContext } from "../context.ts";
import { deliver } from "./session-cookies.ts";

export interface BeginSession {
  readonly account: NewAccount;
  /** Of the user that may begin here; default: a new one. */
  readonly newUserId?: string;
  readonly method: string;
  readonly allowSignUp: boolean;
  readonly isGuest?: boolean;
  readonly codeId?: string;
  /** The account joined this user just now, by an address. */
  readonly onJoined?: (user: User) => Promise<void>;
}

export async function beginSession(
  services: Services,
  context: RequestContext,
  input: BeginSession,
  repeatable: RepeatableRequest | null = null,
): Promise<AuthenticatedUser> {
  const { app, client, cookies } = context.var.caller;
  const signedIn = await signIn(services, {
    app,
    client,
    delivery: cookies ? "cookie" : "body",
    protocol: "browser",
    policy: sessionPolicy(app, client, services.settings.sessions),
    account: input.account,
    ...(input.newUserId !== undefined && { newUserId: input.newUserId }),
    method: input.method,
    allowSignUp: input.allowSignUp,
    isGuest: input.isGuest ?? false,
    codeId: input.codeId ?? null,
    userAgent: context.req.header("user-agent") ?? null,
    ip: context.env.ip,
    repeatable,
  });
  services.metrics.signIn(input.method, app.id);
  if (signedIn.hasJoined) await input.onJoined?.(signedIn.user);
  return answer(services, context, signedIn);
}

/** The first answer again, when this request repeats one with its Idempotency-Key. */
export async function repeatedAnswer(
  services: Services,
  context: RequestContext,
  repeatable: RepeatableRequest | null,
): Promise<AuthenticatedUser | null> {
  const signedIn = await repeatedSignIn(services, repeatable);
  return signedIn && answer(services, context, signedIn);
}

/** Null when the request carries no Idempotency-Key. */
export function repeatableRequest(context: RequestContext, body: string): RepeatableRequest | null {
  const idempotencyKey = context.req.header("idempotency-key");
  if (!idempotencyKey || idempotencyKey.length > 255) return null;
  const { app } = context.var.caller;
  return { idempotencyKey, scope: `${app.id} ${context.req.path}`, body };
}

async function answer(
  services: Services,
  context: RequestContext,
  signedIn: SignedIn,
): Promise<AuthenticatedUser> {
  const { app, client } = context.var.caller;
  const body = await authenticatedUser(services.signingKeys, {
    app,
    policy: sessionPolicy(app, client, services.settings.sessions),
    ...signedIn,
  });
  return deliver(services, context, body, signedIn);
}
