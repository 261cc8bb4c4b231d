/** Schemas of the browser protocol's request bodies. Unknown fields are ignored, as clients add some. */
import * as z from "zod";
import { clean } from "./clean-text.ts";

const MAX_ADDRESS = 254;

/** Trimmed and lower-cased: one person's address has one spelling. */
export const emailAddress = clean(MAX_ADDRESS)
  .transform((text) => text.trim().toLowerCase())
  .pipe(z.email("must be an e-mail address such as ada@example.com"));

export const oneTimeCode = z.string().regex(/^[0-9]{6}$/, "must be the six digits of the mail");

const mode = z.enum(["login-or-sign-up", "no-signup"]).default("login-or-sign-up");

export const passwordlessInit = z.object({
  email: emailAddress,
  token: z.string().max(4096).nullish(),
});
export const passwordlessAuthenticate = z.object({ email: emailAddress, code: oneTimeCode, mode });
export const passwordlessLink = z.object({ email: emailAddress, code: oneTimeCode });
export const passwordlessUnlink = z.object({ address: emailAddress });
export const passwordlessUpdate = z.object({
  oldAddress: emailAddress,
  newAddress: emailAddress,
  code: oneTimeCode,
});

export const guestAuthenticate = z.object({
  guest_credential: z.string().regex(/^[A-Za-z0-9_-]{43}$/, "must be 32 random bytes in base64url"),
});

export const customJwtAuthenticate = z.object({ token: z.string().min(1).max(16_384), mode });
export const customJwtLink = z.object({ token: z.string().min(1).max(16_384) });

const oauthProvider = clean(100).min(1);
/** Checked by its meaning, so that what is wrong with it has a code of its own. */
const pkceText = z.string().max(1024).default("");

export const oauthInit = z.object({
  provider: oauthProvider,
  redirect_to: z.string().min(1).max(4096),
  code_challenge: pkceText,
  state_code: pkceText,
  token: z.string().max(4096).nullish(),
});
export const oauthLink = z.object({
  authorization_code: z.string().min(1).max(1024),
  state_code: pkceText,
  code_verifier: pkceText,
  code_type: z.literal("raw").nullish(),
});
export const oauthAuthenticate = oauthLink.extend({ mode });
export const oauthUnlink = z.object({ provider: oauthProvider, subject: clean(256).min(1) });
/** Who asks has proven the account with the request that the nonce answered. */
export const oauthTransfer = z.object({ nonce: z.string().min(1).max(1024) });

/** Clients send null, nothing or the sentinel when a cookie holds the token. */
export const sessionRefresh = z.object({ refresh_token: z.string().max(4096).nullish() });
export const sessionLogout = sessionRefresh;

/** At most 50 values; keys and values are the app's own. */
export const customMetadata = z
  .record(clean(128), z.union([z.string().max(1024), z.number(), z.boolean()]))
  .refine((value) => Object.keys(value).length <= 50, "must have at most 50 keys");

export const setCustomMetadata = z.object({ custom_metadata: customMetadata });

const linkedAccountInput = z.discriminatedUnion("type", [
  z.object({ type: z.literal("email"), address: emailAddress }),
  z.object({ type: z.literal("custom_auth"), custom_user_id: clean(256).min(1) }),
]);

export const createUser = z.object({
  linked_accounts: z.array(linkedAccountInput).min(1).max(20),
  custom_metadata: customMetadata.nullish(),
});

export const createUsers = z.object({ users: z.array(createUser).min(1).max(500) });

export const findByEmail = z.object({ address: emailAddress });
export const findByCustomId = z.object({ custom_user_id: clean(256).min(1) });
export const searchUsers = z.object({
  searchTerm: clean(256).optional(),
  search_term: clean(256).optional(),
  emails: z.array(clean(MAX_ADDRESS)).max(500).optional(),
  cursor: z.string().max(256).nullish(),
  limit: z.number().int().min(1).max(100).optional(),
});

export const unlinkAccount = z.object({
  type: z
    .string()
    .regex(
      /^(email|custom_auth|passkey|[a-z]{1,30}_oauth|custom:[a-z0-9_-]{1,100})$/,
      "must be the type of a linked account, such as email, google_oauth or custom:acme",
    ),
  handle: clean(1364),
});

/** Also read as `{type, value}` from a DELETE body. */
export const allowlistInput = z.discriminatedUnion("type", [
  z.object({ type: z.literal("email"), value: emailAddress }),
  z.object({
    type: z.enum(["emailDomain", "email_domain"]),
    value: clean(253)
      .transform((text) => text.trim().toLowerCase().replace(/^@/, ""))
      .pipe(z.string().regex(/^[a-z0-9.-]+\.[a-z]{2,}$/, "must be a domain such as example.com")),
  }),
]);
