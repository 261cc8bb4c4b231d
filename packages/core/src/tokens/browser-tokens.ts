/**
 * The three tokens of the browser protocol (session rule R7): ES256, `typ` JWT, `iss` privy.io.
 * Each kind is refused by the verifiers of the others: the session-server token by its audience,
 * the identity token by having no `sid`, which the other two must have. All times are whole
 * seconds since the epoch.
 */
import { type JwtSigner, signJwt } from "./jwt.ts";
import {
  type ClaimCheck,
  type Refusal,
  refused,
  requireText,
  type Verification,
  type VerifyOptions,
  verifyJwt,
} from "./verify-jwt.ts";

export type { Refusal, RefusalReason, Verification, VerifyOptions } from "./verify-jwt.ts";

/** Fixed by the protocol: the clients compare it literally. */
export const BROWSER_ISSUER = "privy.io";
/** Who the session-server token is for; never an app id. */
export const SESSION_SERVER_AUDIENCE = "privy-session-server";
const SUBJECT = /^did:privy:[\x21-\x7e]+$/;

interface CommonClaims {
  /** User id, `did:privy:…`. */
  readonly sub: string;
  readonly iss: typeof BROWSER_ISSUER;
  readonly aud: string;
  readonly iat: number;
  readonly exp: number;
}

/** What an app's server receives with a request. */
export interface AccessTokenClaims extends CommonClaims {
  /** Session id. */
  readonly sid: string;
}

/** What the browser SDK sends back to the session server (`privy_access_token` on the wire). */
export interface SessionServerTokenClaims extends CommonClaims {
  readonly sid: string;
  readonly aud: typeof SESSION_SERVER_AUDIENCE;
  /** App id. */
  readonly aid: string;
}

/** Who the user is; no proof of a session. */
export interface IdentityTokenClaims extends CommonClaims {
  /** When the user was created, in seconds, as decimal text. */
  readonly cr: string;
  /** JSON text of {@link IdentityAccount}[]. */
  readonly linked_accounts: string;
  /** JSON text of an object. */
  readonly custom_metadata?: string;
  readonly guest?: "t";
}

/** One account of the user, for example `{type: "email", address, lv}`. */
export interface IdentityAccount {
  readonly type: string;
  /** When it was verified last. */
  readonly lv: number | null;
  readonly [detail: string]: unknown;
}

export interface TokenSubject {
  readonly appId: string;
  /** `did:privy:…` */
  readonly userId: string;
  readonly issuedAt: number;
  readonly expiresAt: number;
}

export interface SessionSubject extends TokenSubject {
  readonly sessionId: string;
}

export interface IdentitySubject extends TokenSubject {
  readonly createdAt: number;
  readonly linkedAccounts: readonly IdentityAccount[];
  readonly customMetadata?: object | undefined;
  readonly isGuest?: boolean | undefined;
}

export async function mintAccessToken(subject: SessionSubject, key: JwtSigner): Promise<string> {
  const claims: AccessTokenClaims = {
    sid: subject.sessionId,
    ...commonClaims(subject, subject.appId),
  };
  return signJwt(claims, key);
}

export async function mintSessionServerToken(
  subject: SessionSubject,
  key: JwtSigner,
): Promise<string> {
  const claims: SessionServerTokenClaims = {
    aid: subject.appId,
    sid: subject.sessionId,
    ...commonClaims(subject, SESSION_SERVER_AUDIENCE),
  };
  return signJwt(claims, key);
}

export async function mintIdentityToken(subject: IdentitySubject, key: JwtSigner): Promise<string> {
  const claims: IdentityTokenClaims = {
    ...commonClaims(subject, subject.appId),
    cr: String(wholeSeconds(subject.createdAt, "createdAt")),
    linked_accounts: JSON.stringify(subject.linkedAccounts),
    ...(subject.customMetadata && { custom_metadata: JSON.stringify(subject.customMetadata) }),
    ...(subject.isGuest && { guest: "t" }),
  };
  return signJwt(claims, key);
}

export async function verifyAccessToken(
  token: string,
  options: VerifyOptions,
): Promise<Verification<AccessTokenClaims>> {
  requireAppId(options.appId);
  const check: ClaimCheck = (payload) =>
    checkIssuer(payload) ??
    checkAudience(payload, options.appId) ??
    checkSubject(payload) ??
    requireText(payload, ["sid"]);
  return verifyJwt(token, options, check);
}

export async function verifySessionServerToken(
  token: string,
  options: VerifyOptions,
): Promise<Verification<SessionServerTokenClaims>> {
  requireAppId(options.appId);
  const check: ClaimCheck = (payload) =>
    checkIssuer(payload) ??
    checkAudience(payload, SESSION_SERVER_AUDIENCE) ??
    (payload.aid === options.appId ? null : refused("wrong_audience", "aid")) ??
    checkSubject(payload) ??
    requireText(payload, ["sid"]);
  return verifyJwt(token, options, check);
}

export async function verifyIdentityToken(
  token: string,
  options: VerifyOptions,
): Promise<Verification<IdentityTokenClaims>> {
  requireAppId(options.appId);
  const check: ClaimCheck = (payload) =>
    checkIssuer(payload) ??
    checkAudience(payload, options.appId) ??
    (Object.hasOwn(payload, "sid") ? refused("wrong_type", "sid") : null) ??
    checkSubject(payload) ??
    requireText(payload, ["cr", "linked_accounts"]);
  return verifyJwt(token, options, check);
}

function commonClaims<Audience extends string>(subject: TokenSubject, aud: Audience) {
  requireAppId(subject.appId);
  if (!SUBJECT.test(subject.userId)) {
    throw new TypeError(`userId must look like "did:privy:…", not "${subject.userId}".`);
  }
  return {
    sub: subject.userId,
    iss: BROWSER_ISSUER,
    aud,
    iat: wholeSeconds(subject.issuedAt, "issuedAt"),
    exp: wholeSeconds(subject.expiresAt, "expiresAt"),
  } as const;
}

function wholeSeconds(value: number, name: string): number {
  if (Number.isSafeInteger(value)) return value;
  throw new TypeError(`${name} must be whole seconds since the epoch, not ${value}.`);
}

function requireAppId(appId: string): void {
  if (typeof appId === "string" && appId !== "" && appId !== SESSION_SERVER_AUDIENCE) return;
  throw new TypeError(`appId must be the id of an app, not "${appId}".`);
}

type Payload = Parameters<ClaimCheck>[0];

function checkIssuer(payload: Payload): Refusal | null {
  return payload.iss === BROWSER_ISSUER ? null : refused("wrong_issuer", "iss");
}

/** An array is refused even when it holds the audience: one token, one recipient. */
function checkAudience(payload: Payload, audience: string): Refusal | null {
  return payload.aud === audience ? null : refused("wrong_audience", "aud");
}

function checkSubject(payload: Payload): Refusal | null {
  const sub = payload.sub;
  return typeof sub === "string" && SUBJECT.test(sub) ? null : refused("missing_claim", "sub");
}
