/** What a page hands to its browser's authenticator, as the browser protocol carries it. */

export interface PasskeyDescriptor {
  id: string;
  type: "public-key";
  transports?: string[];
}

/** For `navigator.credentials.create` (WebAuthn level 3 section 5.4). Binary values in base64url. */
export interface PasskeyCreationOptions {
  challenge: string;
  rp: { id: string; name: string };
  user: { id: string; name: string; display_name: string };
  pub_key_cred_params: { type: "public-key"; alg: number }[];
  /** Milliseconds. */
  timeout: number;
  attestation: "none";
  authenticator_selection: {
    resident_key: "required";
    require_resident_key: true;
    user_verification: "required";
  };
  exclude_credentials: PasskeyDescriptor[];
  extensions: { cred_props: true };
}

/** For `navigator.credentials.get` (section 5.5). */
export interface PasskeyRequestOptions {
  challenge: string;
  rp_id: string;
  /** Milliseconds. */
  timeout: number;
  user_verification: "required";
  /** Empty: whatever passkey of the relying party the person picks. */
  allow_credentials: PasskeyDescriptor[];
}

export interface PasskeyInitAnswer<Options> {
  options: Options;
  relying_party: string;
}

export type { PasskeyAssertion, PasskeyRegistration } from "./passkey-requests.ts";
