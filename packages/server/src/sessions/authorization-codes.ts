/**
 * Authorization codes (RFC 6749 section 4.1, RFC 7636): 256 random bits, ten minutes, once. A code
 * that names a PKCE challenge needs its verifier; one without needs the client's secret.
 */
import { crypto } from "@latchkey/core/crypto";
import { base64url, utf8 } from "@latchkey/core/encoding";
import type { OAuthTokens } from "@latchkey/core/protocol/app-server";
import type { App } from "../apps/app-directory.ts";
import { keyedHash, type MasterKey } from "../keys/master-key.ts";
import type { TokenKeyRing } from "../keys/token-keys.ts";
import type { AuthorizationCodeRecord, Delivery, Impersonator, Store } from "../storage/store.ts";
import { newSessionSecret } from "./new-session.ts";
import { openOAuthTokens, sealOAuthTokens } from "./oauth-tokens.ts";
import type { SessionPolicy } from "./policy.ts";
import { currentToken } from "./refresh.ts";
import { type RepeatableRequest, sealReplay } from "./replay.ts";
import { repeatedSignIn, type SignedIn } from "./sign-in.ts";

const CODE_LIFETIME_MS = 10 * 60_000;
/** Session.clientId of a session that a client without a secret began, and may refresh so. */
export const PUBLIC_CLIENT = "public";
/** An operator acts in a user's place for so long at most. */
const IMPERSONATION_LIFETIME_MS = 3_600_000;

export interface AuthorizationCodeDeps {
  readonly store: Store;
  readonly master: MasterKey;
}

export interface NewAuthorizationCode {
  readonly app: App;
  /** The user's key (User.id), not an id of the wire. */
  readonly userId: string;
  /** One that the app's list has; the caller has checked. */
  readonly redirectUri: string;
  /** PKCE S256 challenge, 43 characters of base64url; null when the app sent none. */
  readonly codeChallenge: string | null;
  /** How the user proved who they are: `email`, `password`, `impersonation`. */
  readonly method: string;
  /** When they did, in milliseconds by the database's clock (SignInRecord.authenticatedAt). */
  readonly authenticatedAt: number;
  /** An organization that the user is an active member of; the caller has checked. */
  readonly organizationId?: string | null;
  readonly impersonator?: Impersonator | null;
  /** What the provider handed out, for the app. */
  readonly oauthTokens?: OAuthTokens | null;
}

const CHALLENGE = /^[A-Za-z0-9_-]{43}$/;

/**
 * Makes a code to hand to `redirectUri`. The database keeps a keyed hash of it.
 *
 * @throws TypeError for a challenge that is not S256's
 */
export async function issueAuthorizationCode(
  deps: AuthorizationCodeDeps,
  input: NewAuthorizationCode,
): Promise<string> {
  if (input.codeChallenge !== null && !CHALLENGE.test(input.codeChallenge)) {
    throw new TypeError(
      "codeChallenge must be a SHA-256 in base64url (43 characters); refuse other methods before.",
    );
  }
  const code = base64url(crypto.randomBytes(32));
  await deps.store.authorizationCodes.create({
    id: await codeIdOf(deps.master, code),
    appId: input.app.id,
    userId: input.userId,
    redirectUri: input.redirectUri,
    codeChallenge: input.codeChallenge,
    authMethod: input.method,
    authenticatedAt: input.authenticatedAt,
    organizationId: input.organizationId ?? null,
    impersonator: input.impersonator ?? null,
    sealedTokens: input.oauthTokens
      ? await sealOAuthTokens(deps.master, code, input.oauthTokens)
      : null,
    lifetimeMs: CODE_LIFETIME_MS,
  });
  return code;
}

export interface CodeExchange {
  readonly app: App;
  readonly code: string;
  readonly codeVerifier: string | null;
  /** What the client says that the code was sent to, when it says so. */
  readonly redirectUri: string | null;
  /** Whether the request carried the client's secret. */
  readonly clientAuthenticated: boolean;
  /** Where the refresh token goes; in the body unless said. */
  readonly delivery?: Delivery;
  readonly policy: SessionPolicy;
  readonly userAgent: string | null;
  readonly ip: string | null;
  /** Set when the request carried an Idempotency-Key. */
  readonly repeatable: RepeatableRequest | null;
}

export type RefusedCode =
  | "unknown"
  | "spent"
  | "expired"
  | "wrong_client"
  | "wrong_redirect_uri"
  | "wrong_verifier"
  | "unproven_client"
  | "no_such_user"
  | "user_disabled";

export type CodeExchangeResult =
  | {
      readonly kind: "exchanged";
      readonly signedIn: SignedIn;
      readonly oauthTokens: OAuthTokens | null;
    }
  | { readonly kind: "refused"; readonly reason: RefusedCode };

const refused = (reason: RefusedCode): CodeExchangeResult => ({ kind: "refused", reason });

/**
 * Spends a code and begins its session in one transaction (R6). Who presents a spent code again and
 * proves to be its client revokes the session that it began; an equal request with the same
 * Idempotency-Key gets the same answer for a minute.
 */
export async function exchangeAuthorizationCode(
  deps: AuthorizationCodeDeps & { readonly tokenKeys: TokenKeyRing },
  input: CodeExchange,
): Promise<CodeExchangeResult> {
  const repeated = await repeatedSignIn(deps, input.repeatable);
  const codeId = await codeIdOf(deps.master, input.code);
  const record = await deps.store.authorizationCodes.find(codeId);
  const exchanged = async (signedIn: SignedIn): Promise<CodeExchangeResult> => {
    const sealed = record?.sealedTokens ?? null;
    const oauthTokens =
      sealed === null ? null : await openOAuthTokens(deps.master, input.code, sealed);
    return { kind: "exchanged", signedIn, oauthTokens };
  };
  if (repeated) return exchanged(repeated);
  if (!record) return refused("unknown");
  // Before anything is spent or revoked: who only saw the code can neither use nor burn it.
  const unproven = await whyNotItsClient(record, input);
  if (unproven) return refused(unproven);

  const { id, r, tokenHash, kid } = await newSessionSecret(deps.tokenKeys);
  const lifetimeMs = record.impersonator
    ? Math.min(input.policy.lifetimeMs, IMPERSONATION_LIFETIME_MS)
    : input.policy.lifetimeMs;
  const result = await deps.store.sessions.exchangeCode({
    codeId,
    replay: input.repeatable && (await sealReplay(deps.master, input.repeatable, { sid: id, r })),
    session: {
      id,
      protocol: "app_server",
      appId: input.app.id,
      clientId: input.clientAuthenticated ? null : PUBLIC_CLIENT,
      delivery: input.delivery ?? "body",
      tokenHash,
      kid,
      lifetimeMs,
      idleMs: Math.min(input.policy.idleMs, lifetimeMs),
      authMethod: record.authMethod,
      userAgent: input.userAgent?.slice(0, 512) ?? null,
      ip: input.ip,
    },
  });
  switch (result.kind) {
    case "signed_in": {
      const { user, session } = result;
      const refreshToken = await currentToken(deps.tokenKeys, session, r);
      const signedIn = { user, session, refreshToken, isNewUser: false, now: session.createdAt };
      return exchanged(signedIn);
    }
    case "repeated": {
      const first = await repeatedSignIn(deps, input.repeatable);
      return first ? exchanged(first) : refused("spent");
    }
    case "code_spent":
      return refused("spent");
    case "code_expired":
      return refused("expired");
    default:
      return refused(result.kind);
  }
}

async function whyNotItsClient(
  record: AuthorizationCodeRecord,
  input: CodeExchange,
): Promise<RefusedCode | null> {
  if (record.appId !== input.app.id) return "wrong_client";
  if (input.redirectUri !== null && input.redirectUri !== record.redirectUri) {
    return "wrong_redirect_uri";
  }
  if (record.codeChallenge === null) {
    // A verifier without its challenge: somebody took it out (RFC 9700 section 2.1.1). Only an
    // operator's code, which no authorization request began, never had one.
    if (input.codeVerifier !== null && !record.impersonator) return "wrong_verifier";
    return input.clientAuthenticated ? null : "unproven_client";
  }
  if (input.codeVerifier === null) return "wrong_verifier";
  const challenge = base64url(await crypto.sha256(utf8(input.codeVerifier)));
  const matches = crypto.timingSafeEqual(utf8(challenge), utf8(record.codeChallenge));
  return matches ? null : "wrong_verifier";
}

const codeIdOf = (master: MasterKey, code: string): Promise<string> =>
  keyedHash(master, "authorization-code", code);
