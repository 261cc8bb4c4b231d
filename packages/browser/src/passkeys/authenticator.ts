/** The browser's side of a ceremony: the protocol's snake case in, its snake case out. */
import type {
  PasskeyAssertion,
  PasskeyCreationOptions,
  PasskeyDescriptor,
  PasskeyRegistration,
  PasskeyRequestOptions,
} from "@latchkey/core/protocol/passkeys";
import { base64url } from "../base64url.ts";
import { LatchkeyClientError } from "../errors.ts";

/** The part of `navigator.credentials` that is used. */
export interface PasskeyCredentials {
  get(options: CredentialRequestOptions): Promise<Credential | null>;
  create(options: CredentialCreationOptions): Promise<Credential | null>;
}

export function browserCredentials(): PasskeyCredentials {
  if (isPasskeySupported()) return navigator.credentials;
  throw new LatchkeyClientError(
    "passkey_unsupported",
    "This browser has no passkeys here. They need https or localhost.",
  );
}

/** Whether this browser can make and use passkeys on this page. */
export function isPasskeySupported(): boolean {
  return typeof PublicKeyCredential === "function" && globalThis.isSecureContext;
}

/** Whether this browser offers passkeys in the autofill of a field (conditional mediation). */
export async function isPasskeyAutofillSupported(): Promise<boolean> {
  if (!isPasskeySupported()) return false;
  const isAvailable = PublicKeyCredential.isConditionalMediationAvailable;
  return (await isAvailable?.call(PublicKeyCredential).catch(() => false)) ?? false;
}

export async function usePasskey(
  credentials: PasskeyCredentials,
  options: PasskeyRequestOptions,
  signal: AbortSignal,
  mediation?: "conditional",
): Promise<PasskeyAssertion> {
  const publicKey: PublicKeyCredentialRequestOptions = {
    challenge: bytes(options.challenge),
    rpId: options.rp_id,
    timeout: options.timeout,
    userVerification: options.user_verification,
    allowCredentials: options.allow_credentials.map(descriptor),
  };
  const request = { publicKey, signal, ...(mediation && { mediation }) };
  const credential = await answered(credentials.get(request));
  const response = credential.response as AuthenticatorAssertionResponse;
  return {
    ...named(credential),
    response: {
      client_data_json: text(response.clientDataJSON),
      authenticator_data: text(response.authenticatorData),
      signature: text(response.signature),
      user_handle: response.userHandle && text(response.userHandle),
    },
  };
}

export async function makePasskey(
  credentials: PasskeyCredentials,
  options: PasskeyCreationOptions,
  signal: AbortSignal,
): Promise<PasskeyRegistration> {
  const { user, authenticator_selection: selection } = options;
  const publicKey: PublicKeyCredentialCreationOptions = {
    challenge: bytes(options.challenge),
    rp: options.rp,
    user: { id: bytes(user.id), name: user.name, displayName: user.display_name },
    pubKeyCredParams: options.pub_key_cred_params,
    timeout: options.timeout,
    attestation: options.attestation,
    authenticatorSelection: {
      residentKey: selection.resident_key,
      requireResidentKey: selection.require_resident_key,
      userVerification: selection.user_verification,
    },
    excludeCredentials: options.exclude_credentials.map(descriptor),
    extensions: { credProps: options.extensions.cred_props },
  };
  const credential = await answered(credentials.create({ publicKey, signal }));
  const response = credential.response as AuthenticatorAttestationResponse;
  return {
    ...named(credential),
    response: {
      client_data_json: text(response.clientDataJSON),
      attestation_object: text(response.attestationObject),
      transports: response.getTransports?.() ?? [],
    },
  };
}

/** What browsers throw, in words; nothing of it says anything about the session (rule R5). */
async function answered(asked: Promise<Credential | null>): Promise<PublicKeyCredential> {
  let problem: unknown;
  try {
    const credential = await asked;
    if (credential) return credential as PublicKeyCredential;
  } catch (cause) {
    problem = cause;
  }
  const { name = "NotAllowedError" } = (problem ?? {}) as Partial<Error>;
  const [code, message] = PROBLEMS[name] ?? [
    "passkey_failed",
    `The browser could not use a passkey here (${name}).`,
  ];
  throw new LatchkeyClientError(code, message, { cause: problem });
}

/** By the name of the browser's error (WebAuthn level 3 sections 5.1.3 and 5.1.4). */
const PROBLEMS: Readonly<Record<string, readonly [string, string]>> = {
  AbortError: ["passkey_aborted", "Something else took the place of this."],
  NotAllowedError: ["passkey_cancelled", "No passkey was used."],
  InvalidStateError: ["passkey_exists", "This device has a passkey of this account already."],
};

const named = ({ id }: Credential) => ({ id, raw_id: id, type: "public-key" }) as const;

const descriptor = ({ id, type, transports }: PasskeyDescriptor) => ({
  id: bytes(id),
  type,
  ...(transports && { transports: transports as AuthenticatorTransport[] }),
});

const text = (buffer: ArrayBuffer) => base64url(new Uint8Array(buffer));

const bytes = (encoded: string) =>
  Uint8Array.from(atob(encoded.replaceAll("-", "+").replaceAll("_", "/")), (each) =>
    each.charCodeAt(0),
  );
