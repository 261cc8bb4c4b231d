/**
 * The one order in which every kind of token is judged: format, type, claims, key, signature,
 * time. So the cheap answers come first, and "expired" is said of authentic tokens only.
 */
import type { MaybePromise, VerifyingKey } from "../crypto/index.ts";
import { decodeJwt, isPlainEs256, verifyJwtSignature } from "./jwt.ts";

export type RefusalReason =
  /** Not a compact JWS with a JSON object inside. */
  | "malformed"
  /** Not `typ` JWT signed with ES256, or a token of another kind. */
  | "wrong_type"
  /** No key goes by the `kid` of the header. */
  | "unknown_key"
  | "bad_signature"
  | "wrong_issuer"
  /** For another app or another recipient. */
  | "wrong_audience"
  /** Authentic, and over at `now`. */
  | "expired"
  /** Authentic, and its `nbf` is still to come. */
  | "not_yet_valid"
  /** `claim` is absent or not of the required form. */
  | "missing_claim";

export type Refusal = {
  readonly ok: false;
  readonly reason: Exclude<RefusalReason, "expired">;
  readonly claim?: string;
};

export type Verification<Claims> =
  | { readonly ok: true; readonly claims: Claims }
  | Refusal
  /** The claims are authentic: enough to end the session they name, not to act for its user. */
  | { readonly ok: false; readonly reason: "expired"; readonly claims: Claims };

export interface JwtVerifyOptions {
  /** Seconds since the epoch. */
  readonly now: number;
  /** How far the clocks of issuer and verifier may be apart. Default 0. */
  readonly clockToleranceSeconds?: number;
  /** The app's key of that name. What it throws passes through: it is no verdict on the token. */
  readonly keyFor: (kid: string) => MaybePromise<VerifyingKey | undefined>;
}

export interface VerifyOptions extends JwtVerifyOptions {
  readonly appId: string;
}

type Payload = Readonly<Record<string, unknown>>;
export type ClaimCheck = (payload: Payload) => Refusal | null;

export interface TimedClaims {
  readonly iat: number;
  readonly exp: number;
}

/** `check` judges the claims that make the kind and must have proven all of `Claims` but times. */
export async function verifyJwt<Claims extends TimedClaims>(
  token: string,
  options: JwtVerifyOptions,
  check: ClaimCheck,
): Promise<Verification<Claims>> {
  const tolerance = options.clockToleranceSeconds ?? 0;
  if (!Number.isFinite(options.now) || !(tolerance >= 0)) {
    throw new TypeError("now must be seconds since the epoch and clockToleranceSeconds 0 or more.");
  }
  const jwt = decodeJwt(token);
  if (!jwt) return refused("malformed");
  if (jwt.header.typ !== "JWT" || !isPlainEs256(jwt)) return refused("wrong_type");
  const refusal = check(jwt.payload) ?? checkTimes(jwt.payload);
  if (refusal) return refusal;
  const kid = jwt.header.kid;
  const key = typeof kid === "string" && kid !== "" ? await options.keyFor(kid) : undefined;
  if (!key) return refused("unknown_key");
  if (!(await verifyJwtSignature(jwt, key))) return refused("bad_signature");

  const claims = jwt.payload as unknown as Claims & { readonly nbf?: number };
  if (options.now >= claims.exp + tolerance) return { ok: false, reason: "expired", claims };
  if (claims.nbf !== undefined && options.now < claims.nbf - tolerance) {
    return refused("not_yet_valid");
  }
  return { ok: true, claims };
}

// `iat` bounds nothing (RFC 7519 section 4.1.6): a verifier whose clock is a second behind would
// otherwise refuse every fresh token and sign its users out.
function checkTimes(payload: Payload): Refusal | null {
  for (const claim of ["iat", "exp"]) {
    if (!Number.isFinite(payload[claim])) return refused("missing_claim", claim);
  }
  const mayLackNbf = payload.nbf === undefined || Number.isFinite(payload.nbf);
  return mayLackNbf ? null : refused("missing_claim", "nbf");
}

export function refused(reason: Refusal["reason"], claim?: string): Refusal {
  return claim === undefined ? { ok: false, reason } : { ok: false, reason, claim };
}

/** Refuses when one of `claims` is not a non-empty string. */
export function requireText(payload: Payload, claims: readonly string[]): Refusal | null {
  const missing = claims.find((claim) => typeof payload[claim] !== "string" || !payload[claim]);
  return missing === undefined ? null : refused("missing_claim", missing);
}
