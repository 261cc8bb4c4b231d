import { crypto } from "@latchkey/core/crypto";
import { base64url } from "@latchkey/core/encoding";
import { hashTokenSecret, newTokenSecret } from "@latchkey/core/tokens/refresh-token";
import type { TokenKeyRing } from "../keys/token-keys.ts";

/** What every session begins with: a new id (ASVS 7.2.4) and the secret of its refresh tokens (R1). */
export async function newSessionSecret(
  tokenKeys: TokenKeyRing,
): Promise<{ id: string; r: string; tokenHash: string; kid: string }> {
  const r = newTokenSecret();
  const { kid } = await tokenKeys.current();
  return { id: base64url(crypto.randomBytes(16)), r, tokenHash: await hashTokenSecret(r), kid };
}
