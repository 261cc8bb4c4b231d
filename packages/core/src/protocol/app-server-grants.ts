/** What asks for tokens: the bodies of POST /user_management/authenticate, and of a device's request. */
import * as z from "zod";
import { emailAddress, oneTimeCode } from "./browser-requests.ts";
import { CONTROL, clean } from "./clean-text.ts";

const secret = z.string().min(1).max(512);
const token = z.string().min(1).max(512);
const id = clean(128).min(1);

const client = {
  client_id: clean(128),
  client_secret: secret.nullish(),
};

const common = {
  ...client,
  /** The end user's, as the app's server saw them. */
  ip_address: clean(64).nullish(),
  user_agent: z
    .string()
    .max(2048)
    // Handed through from a header of somebody else's: no reason to refuse, none to keep them.
    .transform((text) => text.replace(new RegExp(CONTROL, "gu"), ""))
    .nullish(),
};

/** Signing in by it joins the organization that the invitation is for. */
const invitable = { invitation_token: token.nullish() };

export const MAGIC_AUTH_GRANT = "urn:workos:oauth:grant-type:magic-auth:code";
export const EMAIL_VERIFICATION_GRANT = "urn:workos:oauth:grant-type:email-verification:code";
export const ORGANIZATION_SELECTION_GRANT = "urn:workos:oauth:grant-type:organization-selection";
/** RFC 8628 section 3.4. */
export const DEVICE_CODE_GRANT = "urn:ietf:params:oauth:grant-type:device_code";

export const authenticate = z.discriminatedUnion("grant_type", [
  z.object({
    ...common,
    ...invitable,
    grant_type: z.literal("authorization_code"),
    code: z.string().min(1).max(512),
    code_verifier: z.string().max(128).nullish(),
    redirect_uri: z.string().max(2000).nullish(),
  }),
  z.object({
    ...common,
    grant_type: z.literal("refresh_token"),
    /** Left out where a cookie of ours holds it. */
    refresh_token: z.string().max(4096).nullish(),
    organization_id: id.nullish(),
  }),
  z.object({
    ...common,
    ...invitable,
    grant_type: z.literal(MAGIC_AUTH_GRANT),
    email: emailAddress,
    code: oneTimeCode,
  }),
  z.object({
    ...common,
    ...invitable,
    grant_type: z.literal("password"),
    email: emailAddress,
    password: z.string().min(1).max(1024),
  }),
  z.object({
    ...common,
    grant_type: z.literal(EMAIL_VERIFICATION_GRANT),
    pending_authentication_token: token,
    code: oneTimeCode,
  }),
  z.object({
    ...common,
    grant_type: z.literal(ORGANIZATION_SELECTION_GRANT),
    pending_authentication_token: token,
    organization_id: id,
  }),
  z.object({
    ...common,
    grant_type: z.literal(DEVICE_CODE_GRANT),
    device_code: token,
  }),
]);

export type AuthenticateRequest = z.output<typeof authenticate>;

/** Body of POST /user_management/authorize/device (RFC 8628 section 3.1). */
export const authorizeDevice = z.object(client);
