import {
  hashTokenSecret,
  isAuthentic,
  type ParsedRefreshToken,
  parseRefreshToken,
} from "@latchkey/core/tokens/refresh-token";
import type { TokenKeyRing } from "../keys/token-keys.ts";
import type { Session, Store } from "../storage/store.ts";

/** The token that a text is, of any generation; null for what is none of ours (R1). */
export async function authenticToken(
  tokenKeys: TokenKeyRing,
  text: string,
): Promise<ParsedRefreshToken | null> {
  const token = parseRefreshToken(text);
  if (!token) return null;
  const { key } = await tokenKeys.find(token.kid);
  return (await isAuthentic(token, key)) ? token : null;
}

/**
 * The session that a refresh token proves, of any generation, without moving it: for what must be
 * known before a refresh may move it. Null for what proves none.
 */
export async function sessionOfToken(
  deps: { readonly store: Pick<Store, "sessions">; readonly tokenKeys: TokenKeyRing },
  text: string,
): Promise<Session | null> {
  const token = await authenticToken(deps.tokenKeys, text);
  if (!token) return null;
  const { session } = await deps.store.sessions.read(token.sid);
  return session?.tokenHash === (await hashTokenSecret(token.r)) ? session : null;
}
