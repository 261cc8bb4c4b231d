import type { User } from "@latchkey/core/protocol/browser";
import type { PasskeyCreationOptions } from "@latchkey/core/protocol/passkeys";
import { notSignedIn } from "../oauth/flow.ts";
import { asSignedIn } from "../oauth/signed-in.ts";
import { makePasskey } from "./authenticator.ts";
import { beginCeremony, optionsFor, type PasskeyClient, type PasskeyOptions } from "./ceremony.ts";

/**
 * Makes one more passkey for the signed-in user, who is then shown with it.
 *
 * @throws LatchkeyClientError `passkey_cancelled`, `passkey_exists`, `passkey_unsupported`,
 * `not_signed_in`, `cannot_link_more_of_type`, `superseded`, `unavailable`
 */
export async function linkPasskey(
  client: PasskeyClient,
  options: PasskeyOptions = {},
): Promise<User> {
  const { internals, getAccessToken } = client;
  const { credentials, signal, end } = beginCeremony(client, options);
  try {
    await getAccessToken();
    const { epoch, session } = internals.context.store.read();
    if (!session) throw notSignedIn();
    const asked = await optionsFor<PasskeyCreationOptions>(
      client,
      "link",
      options,
      session.apiToken,
    );
    const answer = await makePasskey(credentials, asked, signal);
    const call = { epoch, path: "/passkeys/link", body: { authenticator_response: answer } };
    return (await asSignedIn(internals, getAccessToken, call)).user;
  } finally {
    end();
  }
}

export interface UnlinkPasskeyOptions {
  /** As the linked account has it. */
  readonly credentialId: string;
}

/**
 * Takes a passkey away from the signed-in user: it signs in no more, and the other sessions end.
 *
 * @throws LatchkeyClientError `cannot_unlink_sole_account`, `not_signed_in`, `superseded`, `unavailable`
 */
export async function unlinkPasskey(
  { internals, getAccessToken }: PasskeyClient,
  { credentialId }: UnlinkPasskeyOptions,
): Promise<User> {
  const { epoch } = internals.context.store.read();
  const call = { epoch, path: "/passkeys/unlink", body: { credential_id: credentialId } };
  return (await asSignedIn(internals, getAccessToken, call)).user;
}
