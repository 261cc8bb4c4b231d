/**
 * The access token of the app-server protocol (session rule R7): ES256, `typ` JWT, `iss` the
 * server's origin with the client's path, `sub` user_…. The issuer alone keeps it apart from the
 * browser protocol's tokens and from other clients'. All times are whole seconds since the epoch.
 */
import { type JwtSigner, signJwt } from "./jwt.ts";
import {
  type ClaimCheck,
  type JwtVerifyOptions,
  refused,
  requireText,
  type Verification,
  verifyJwt,
} from "./verify-jwt.ts";

const SUBJECT = /^user_[\x21-\x7e]+$/;
const CLIENT = /^client_[\x21-\x7e]+$/;

export interface AppServerTokenClaims {
  /** `<origin>/user_management/<client id>` */
  readonly iss: string;
  /** User id, `user_…`. */
  readonly sub: string;
  /** Session id. */
  readonly sid: string;
  readonly jti: string;
  readonly iat: number;
  readonly exp: number;
  /** When the user last proved who they are. */
  readonly auth_time?: number;
  readonly org_id?: string;
  /** The first of `roles`. */
  readonly role?: string;
  readonly roles?: readonly string[];
  readonly permissions?: readonly string[];
  readonly entitlements?: readonly string[];
  readonly feature_flags?: readonly string[];
  /** Who acts in the user's place: an operator's e-mail address (RFC 8693 section 4.1). */
  readonly act?: { readonly sub: string };
}

export type AppServerTokenSubject = Omit<AppServerTokenClaims, "iss"> & {
  readonly origin: string;
  readonly clientId: string;
};

/** Who issues the tokens of a client at a server of this origin, such as `https://auth.example.com`. */
export function appServerIssuer(origin: string, clientId: string): string {
  if (!CLIENT.test(clientId)) {
    throw new TypeError(`clientId must look like "client_…", not "${clientId}".`);
  }
  if (URL.parse(origin)?.origin !== origin) {
    throw new TypeError(`origin must be scheme and host without a path, not "${origin}".`);
  }
  return `${origin}/user_management/${clientId}`;
}

/** Claims that are undefined are left out. */
export async function mintAppServerToken(
  { origin, clientId, ...claims }: AppServerTokenSubject,
  key: JwtSigner,
): Promise<string> {
  if (!SUBJECT.test(claims.sub)) {
    throw new TypeError(`sub must look like "user_…", not "${claims.sub}".`);
  }
  for (const name of ["iat", "exp"] as const) {
    if (!Number.isSafeInteger(claims[name])) {
      throw new TypeError(`${name} must be whole seconds since the epoch, not ${claims[name]}.`);
    }
  }
  return signJwt({ iss: appServerIssuer(origin, clientId), ...claims }, key);
}

export interface AppServerVerifyOptions extends JwtVerifyOptions {
  /** What {@link appServerIssuer} answers; compared exactly. */
  readonly issuer: string;
}

/** Requires `iss`, `sub`, `sid`, `jti`, `iat` and `exp`, and that a list of texts is one. */
export async function verifyAppServerToken(
  token: string,
  options: AppServerVerifyOptions,
): Promise<Verification<AppServerTokenClaims>> {
  if (typeof options.issuer !== "string" || options.issuer === "") {
    throw new TypeError("issuer must be the one whose tokens are expected; see appServerIssuer.");
  }
  const check: ClaimCheck = (payload) =>
    (payload.iss === options.issuer ? null : refused("wrong_issuer", "iss")) ??
    (typeof payload.sub === "string" && SUBJECT.test(payload.sub)
      ? null
      : refused("missing_claim", "sub")) ??
    requireText(payload, ["sid", "jti"]) ??
    checkForms(payload);
  return verifyJwt(token, options, check);
}

const TEXTS = ["org_id", "role"];
const LISTS = ["roles", "permissions", "entitlements", "feature_flags"];

function checkForms(payload: Parameters<ClaimCheck>[0]) {
  const { act, auth_time } = payload;
  for (const claim of TEXTS) {
    if (payload[claim] !== undefined && typeof payload[claim] !== "string") {
      return refused("missing_claim", claim);
    }
  }
  for (const claim of LISTS) {
    const value = payload[claim];
    const isList = Array.isArray(value) && value.every((each) => typeof each === "string");
    if (value !== undefined && !isList) return refused("missing_claim", claim);
  }
  if (auth_time !== undefined && !Number.isFinite(auth_time)) {
    return refused("missing_claim", "auth_time");
  }
  const isActor =
    typeof act === "object" && act !== null && typeof (act as { sub?: unknown }).sub === "string";
  return act === undefined || isActor ? null : refused("missing_claim", "act");
}
