/** Who a Bearer token of the browser protocol speaks for. */
import { LatchkeyError } from "@latchkey/core/errors";
import {
  SESSION_SERVER_AUDIENCE,
  verifyAccessToken,
  verifySessionServerToken,
} from "@latchkey/core/tokens/browser-tokens";
import { decodeJwt } from "@latchkey/core/tokens/jwt";
import type { App } from "../apps/app-directory.ts";
import type { SigningKeys } from "../keys/signing-keys.ts";
import type { Session, Store, User } from "../storage/store.ts";
import { stateLost } from "./state-lost.ts";
import { terminalError } from "./terminal.ts";
import { type VerifiedTokens, verifiedTokens } from "./verified-tokens.ts";

export interface BearerDeps {
  readonly store: Pick<Store, "sessions">;
  readonly signingKeys: SigningKeys;
  readonly now: () => number;
}

/** The sid of a correctly signed token of this app, expired or not; null for any other. */
export async function provenSid(deps: BearerDeps, app: App, token: string): Promise<string | null> {
  // As if no time had passed since it was issued. What no token of ours says is refused as any other.
  const issuedAt = decodeJwt(token)?.payload.iat;
  const at = typeof issuedAt === "number" && Number.isFinite(issuedAt) ? issuedAt : 0;
  const verified = await verifyOnce(deps, app, token, at);
  return verified.ok ? verified.claims.sid : null;
}

/**
 * The live session and user of a token. A bad or expired token says nothing about the session and
 * gets a code on which nobody clears it; a session that is over gets the terminal one (R5).
 */
export async function requireSession(
  deps: BearerDeps,
  app: App,
  token: string | null,
): Promise<{ session: Session; user: User; now: number }> {
  if (token === null) {
    throw new LatchkeyError(
      "missing_access_token",
      401,
      "Send the access token as Authorization: Bearer.",
    );
  }
  const verified = await verifyOnce(deps, app, token, Math.floor(deps.now() / 1000));
  if (!verified.ok) {
    throw new LatchkeyError(
      verified.reason === "expired" ? "access_token_expired" : "invalid_access_token",
      401,
      verified.reason === "expired"
        ? "The access token has expired; the session has not. Refresh it (POST /sessions) and repeat."
        : "This is not an access token of this app.",
      { reason: verified.reason },
    );
  }
  const { session, user, now } = await deps.store.sessions.readWithUser(verified.claims.sid);
  if (!session) throw stateLost();
  if (session.endedAt !== null) throw terminalError(session.endReason ?? "revoked");
  if (user?.appId !== app.id) throw terminalError("user_deleted");
  return { session, user, now };
}

type Claims = Extract<Awaited<ReturnType<typeof verify>>, { ok: true }>["claims"];

/** With the keys that verified them. */
const remembered = new WeakMap<SigningKeys, VerifiedTokens<Claims>>();

/** The same, but of a token that was good before only time and key are asked again. */
async function verifyOnce(deps: BearerDeps, app: App, token: string, now: number) {
  const { signingKeys } = deps;
  const tokens = remembered.get(signingKeys) ?? verifiedTokens<Claims>();
  remembered.set(signingKeys, tokens);
  const known = tokens.find(app.id, token);
  if (known && now < known.claims.exp) {
    const key = await signingKeys.verifyingKey(app.id, "browser", known.kid);
    if (key) return { ok: true, claims: known.claims } as const;
  }
  const verified = await verify(deps, app, token, now);
  const kid = decodeJwt(token)?.header.kid;
  // What may not be used before a time would have to be asked for it again.
  const isPlain = verified.ok && !("nbf" in verified.claims);
  if (isPlain && typeof kid === "string")
    tokens.keep(app.id, token, { kid, claims: verified.claims });
  return verified;
}

function verify(deps: BearerDeps, app: App, token: string, now: number) {
  const options = {
    appId: app.id,
    now,
    keyFor: (kid: string) => deps.signingKeys.verifyingKey(app.id, "browser", kid),
  };
  return decodeJwt(token)?.payload.aud === SESSION_SERVER_AUDIENCE
    ? verifySessionServerToken(token, options)
    : verifyAccessToken(token, options);
}
