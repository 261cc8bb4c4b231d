/** Signing out: final, by any authentic generation or the sid of a signed token (R6, ASVS 7.4.1). */
import type { TokenKeyRing } from "../keys/token-keys.ts";
import type { Protocol, Store } from "../storage/store.ts";
import { sessionOfToken } from "./token-session.ts";

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
  const sids = new Set(input.provenSids);
  const byToken = input.refreshToken && (await sessionOfToken(deps, input.refreshToken));
  if (byToken) sids.add(byToken.id);
  for (const sid of sids) {
    const { session } = await deps.store.sessions.read(sid);
    if (!session) continue;
    if (session.appId !== input.appId || session.protocol !== input.protocol) {
      result = "client_mismatch";
      continue;
    }
    await deps.store.sessions.end(sid, "logout");
    result = "ended";
  }
  return result;
}
