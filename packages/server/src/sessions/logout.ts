/** Signing out: final, by any authentic generation or the sid of a signed token (R6, ASVS 7.4.1). */
import { hashTokenSecret } from "@latchkey/core/tokens/refresh-token";
import type { TokenKeyRing } from "../keys/token-keys.ts";
import type { LostSession, Protocol, Store } from "../storage/store.ts";
import { authenticToken } from "./token-session.ts";

export interface LogoutDeps {
  readonly store: Pick<Store, "sessions">;
  readonly tokenKeys: TokenKeyRing;
}

export interface LogoutInput {
  readonly appId: string;
  readonly protocol: Protocol;
  readonly refreshToken: string | null;
  /** Session ids of tokens whose signature was verified, expired ones included. */
  readonly provenSids: readonly string[];
}

export type LogoutResult = "ended" | "nothing_to_end" | "client_mismatch";

export async function logout(deps: LogoutDeps, input: LogoutInput): Promise<LogoutResult> {
  let result: LogoutResult = "nothing_to_end";
  for (const proven of await provenSessions(deps, input)) {
    const { session, now } = await deps.store.sessions.read(proven.id);
    if (!session) {
      // A restore took it, and may bring it back.
      if (proven.absoluteExpiresAt !== null && proven.absoluteExpiresAt <= now) continue;
      await deps.store.sessions.bury(proven);
      result = "ended";
      continue;
    }
    if (proven.tokenHash !== null && proven.tokenHash !== session.tokenHash) continue;
    if (session.appId !== input.appId || session.protocol !== input.protocol) {
      result = "client_mismatch";
      continue;
    }
    await deps.store.sessions.end(proven.id, "logout");
    result = "ended";
  }
  return result;
}

async function provenSessions(
  { tokenKeys }: LogoutDeps,
  { appId, protocol, refreshToken, provenSids }: LogoutInput,
): Promise<Iterable<LostSession>> {
  const proven = new Map<string, LostSession>();
  const token = refreshToken ? await authenticToken(tokenKeys, refreshToken) : null;
  if (token) {
    const { sid, kid, generation, absoluteExpiry } = token;
    const tokenHash = await hashTokenSecret(token.r);
    const absoluteExpiresAt = absoluteExpiry * 1000;
    const known = { tokenHash, kid, generation, absoluteExpiresAt };
    proven.set(sid, { id: sid, appId, protocol, ...known });
  }
  const unknown = { tokenHash: null, kid: null, generation: 0, absoluteExpiresAt: null };
  for (const id of provenSids) {
    // Both prove the same session, as a rule; the refresh token says more of it.
    if (!proven.has(id)) proven.set(id, { id, appId, protocol, ...unknown });
  }
  return proven.values();
}
