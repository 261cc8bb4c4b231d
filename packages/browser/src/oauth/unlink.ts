import type { User } from "@latchkey/core/protocol/browser";
import type { LatchkeyClient } from "../client.ts";
import { asSignedIn } from "./signed-in.ts";

export interface UnlinkOAuthOptions {
  readonly provider: string;
  /** As the linked account has it. */
  readonly subject: string;
}

/**
 * Takes a provider's account away from the signed-in user.
 *
 * @throws LatchkeyClientError `cannot_unlink_sole_account`, `not_signed_in`, `superseded`, `unavailable`
 */
export async function unlinkOAuth(
  { internals, getAccessToken }: Pick<LatchkeyClient, "internals" | "getAccessToken">,
  { provider, subject }: UnlinkOAuthOptions,
): Promise<User> {
  const { epoch } = internals.context.store.read();
  const call = { epoch, path: "/oauth/unlink", body: { provider, subject } };
  return (await asSignedIn(internals, getAccessToken, call)).user;
}
