/** What a ceremony asks of the authenticator (WebAuthn level 3 sections 5.4 and 5.5). */
import { base64url, utf8 } from "@latchkey/core/encoding";
import type {
  PasskeyCreationOptions,
  PasskeyDescriptor,
  PasskeyRequestOptions,
} from "@latchkey/core/protocol/passkeys";
import type { Passkey, User } from "../storage/store.ts";
import { emailAccount } from "../users/app-server-user.ts";

/** EdDSA, ES256 and RS256 (RFC 9053, RFC 8812), best first. */
export const ALGORITHMS = [-8, -7, -257];

const TIMEOUT_MS = 300_000;

/** What a passkey carries of its user, who is not named by it: the random id that we know them by. */
export const userHandle = (userId: string): string => base64url(utf8(userId));

export function requestOptions(challenge: string, rpId: string): PasskeyRequestOptions {
  return {
    challenge,
    rp_id: rpId,
    timeout: TIMEOUT_MS,
    user_verification: "required",
    allow_credentials: [],
  };
}

export interface Creation {
  readonly challenge: string;
  readonly rpId: string;
  readonly appName: string;
  readonly userId: string;
  /** What the browser's list will call the account. */
  readonly userName: string;
  /** An authenticator that holds one of these makes no second one. */
  readonly existing: readonly Passkey[];
}

export function creationOptions(creation: Creation): PasskeyCreationOptions {
  const { challenge, rpId, appName, userId, userName, existing } = creation;
  return {
    challenge,
    rp: { id: rpId, name: appName },
    user: { id: userHandle(userId), name: userName, display_name: userName },
    pub_key_cred_params: ALGORITHMS.map((alg) => ({ type: "public-key", alg })),
    timeout: TIMEOUT_MS,
    attestation: "none",
    authenticator_selection: {
      resident_key: "required",
      require_resident_key: true,
      user_verification: "required",
    },
    exclude_credentials: existing.filter((each) => each.rpId === rpId).map(descriptor),
    extensions: { cred_props: true },
  };
}

/** The address, because people tell their accounts apart by it; else the app's name and the day. */
export function accountName(user: User | null, appName: string, now: number): string {
  const address = user && emailAccount(user)?.subject;
  return address ?? `${appName}, ${new Date(now).toISOString().slice(0, 10)}`;
}

const descriptor = ({ credentialId, transports }: Passkey): PasskeyDescriptor => ({
  id: credentialId,
  type: "public-key",
  ...(transports.length > 0 && { transports: [...transports] }),
});
