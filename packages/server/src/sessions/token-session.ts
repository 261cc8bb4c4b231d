import {
  hashTokenSecret,
  isAuthentic,
  parseRefreshToken,
} from "@latchkey/core/tokens/refresh-token";
import type { TokenKeyRing } from "../keys/token-keys.ts";
import type { Session, Store } from "../storage/store.ts";

/**
 * The session that a refresh token proves, of any generation, without moving it: for what must be
 * known before a refresh may move it. Null for what proves none.
 */
export async function sessionOfToken(
  deps: { readonly store: Pick<Store, "sessions">; readonly tokenKeys: TokenKeyRing },
  text: string,
): Promise<Session | null> {
  const token = parseRefreshToken(text);
  if (!token) return null;
  const { key } = await deps.tokenKeys.find(token.kid);
  if (!(await isAuthentic(token, key))) return null;
  const { session } = await deps.store.sessions.read(token.sid);
  return session?.tokenHash === (await hashTokenSecret(token.r)) ? session : null;
}
