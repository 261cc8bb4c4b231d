/** Schemas of the browser protocol's passkey requests: WebAuthn level 3 in snake case. */
import * as z from "zod";
import { clean } from "./clean-text.ts";

const base64url = (max: number) =>
  z
    .string()
    .min(1)
    .max(max)
    .regex(/^[A-Za-z0-9_-]+$/, "must be base64url without padding");

/** WebAuthn section 4: at most 1023 bytes. */
const credentialId = base64url(1364);
const clientData = base64url(8192);
const relyingParty = z.string().max(2000).nullish();

const credential = { id: credentialId, raw_id: credentialId, type: z.literal("public-key") };

export const passkeyInit = z.object({
  relying_party: relyingParty,
  token: z.string().max(4096).nullish(),
});

/** What `navigator.credentials.create` answered (WebAuthn section 5.1.9). */
export const passkeyRegistration = z.object({
  ...credential,
  response: z.object({
    client_data_json: clientData,
    attestation_object: base64url(65_536),
    transports: z.array(clean(32)).max(10).nullish(),
  }),
});

/** What `navigator.credentials.get` answered. */
export const passkeyAssertion = z.object({
  ...credential,
  response: z.object({
    client_data_json: clientData,
    authenticator_data: base64url(8192),
    signature: base64url(4096),
    user_handle: base64url(128).nullish(),
  }),
});

export const passkeyAuthenticate = z.object({
  challenge: base64url(128),
  authenticator_response: passkeyAssertion,
  relying_party: relyingParty,
});
export const passkeyRegister = z.object({
  authenticator_response: passkeyRegistration,
  relying_party: relyingParty,
});
export const passkeyLink = passkeyRegister;
export const passkeyUnlink = z.object({
  credential_id: credentialId,
  /** Of a second factor, which this server has none of. */
  remove_as_mfa: z.boolean().nullish(),
});

export type PasskeyRegistration = z.output<typeof passkeyRegistration>;
export type PasskeyAssertion = z.output<typeof passkeyAssertion>;
