/** A provider's tokens beside an authorization code: only who has the code and the master key opens them. */
import { crypto } from "@latchkey/core/crypto";
import { base64url, fromBase64url, fromUtf8, utf8 } from "@latchkey/core/encoding";
import type { OAuthTokens } from "@latchkey/core/protocol/app-server";
import { keyedHash, type MasterKey } from "../keys/master-key.ts";

const LABEL = utf8("oauth-tokens 1");

async function keyOf(master: MasterKey, code: string): Promise<Uint8Array> {
  return crypto.sha256(await keyedHash(master, "authorization-code", "tokens", code));
}

export async function sealOAuthTokens(
  master: MasterKey,
  code: string,
  tokens: OAuthTokens,
): Promise<string> {
  const key = await keyOf(master, code);
  return base64url(await crypto.sealAesGcm(key, utf8(JSON.stringify(tokens)), LABEL));
}

/** Null when the code is another. */
export async function openOAuthTokens(
  master: MasterKey,
  code: string,
  sealed: string,
): Promise<OAuthTokens | null> {
  const bytes = fromBase64url(sealed);
  const text = bytes && (await crypto.openAesGcm(await keyOf(master, code), bytes, LABEL));
  return text ? (JSON.parse(fromUtf8(text)) as OAuthTokens) : null;
}
