/** Schemas of the app-server protocol's requests. Unknown fields are ignored, as clients add some. */
import * as z from "zod";
import { emailAddress, oneTimeCode } from "./browser-requests.ts";
import { clean } from "./clean-text.ts";

export * from "./app-server-grants.ts";

const id = clean(128).min(1);

export const revokeSession = z.object({ session_id: id });
export const createMagicAuth = z.object({ email: emailAddress });

export const validateApiKey = z.object({ value: z.string().max(512) });

export const createPasswordReset = z.object({ email: emailAddress });
export const confirmPasswordReset = z.object({
  token: z.string().min(1).max(512),
  new_password: z.string().min(1).max(1024),
});
export const confirmEmailVerification = z.object({ code: oneTimeCode });

export const sendInvitation = z.object({
  email: emailAddress,
  organization_id: id.nullish(),
  expires_in_days: z.int().min(1).max(30).nullish(),
  inviter_user_id: id.nullish(),
  role_slug: clean(64).nullish(),
});

/** At most 10 pairs; keys of 40 and values of 600 characters. */
const metadata = z
  .record(clean(40).min(1), clean(600))
  .refine((value) => Object.keys(value).length <= 10, "must have at most 10 keys");
/** In a change, null takes a key away. */
const metadataChange = z
  .record(clean(40).min(1), clean(600).nullable())
  .refine((value) => Object.keys(value).length <= 10, "must have at most 10 keys");

const profile = {
  first_name: clean(200).nullish(),
  last_name: clean(200).nullish(),
  name: clean(400).nullish(),
  external_id: clean(128).min(1).nullish(),
  locale: clean(35).nullish(),
};
const password = z.string().min(1).max(1024).nullish();

export const createAppServerUser = z.object({
  ...profile,
  email: emailAddress,
  email_verified: z.boolean().nullish(),
  metadata: metadata.nullish(),
  password,
});

export const updateAppServerUser = z.object({
  ...profile,
  email: emailAddress.nullish(),
  email_verified: z.boolean().nullish(),
  metadata: metadataChange.nullish(),
  password,
});

export const createOrganization = z.object({
  name: clean(200).min(1),
  external_id: clean(128).min(1).nullish(),
  metadata: metadata.nullish(),
});

export const updateOrganization = z.object({
  name: clean(200).min(1).nullish(),
  external_id: clean(128).min(1).nullish(),
  metadata: metadataChange.nullish(),
});

const roleSlugs = {
  role_slug: clean(64).nullish(),
  role_slugs: z.array(clean(64)).max(20).nullish(),
};

export const createMembership = z.object({ organization_id: id, user_id: id, ...roleSlugs });
export const updateMembership = z.object(roleSlugs);

export const impersonation = z.object({
  client_id: clean(128),
  redirect_uri: z.string().max(2000),
  user_email: emailAddress,
  impersonator_email: emailAddress,
  reason: clean(500).min(1),
});

/** Query of every list. */
export const pageQuery = z.object({
  before: clean(128).min(1).optional(),
  after: clean(128).min(1).optional(),
  limit: z.coerce.number().int().min(1).max(100).default(10),
  order: z.enum(["asc", "desc"]).default("desc"),
});

export const usersQuery = pageQuery.extend({
  email: emailAddress.optional(),
  organization_id: id.optional(),
});

export const membershipsQuery = pageQuery.extend({
  user_id: id.optional(),
  organization_id: id.optional(),
  statuses: z
    .string()
    .optional()
    .transform((text) => text?.split(",").map((each) => each.trim()) ?? ["active", "inactive"]),
});

export const invitationsQuery = pageQuery.extend({
  email: emailAddress.optional(),
  organization_id: id.optional(),
});
