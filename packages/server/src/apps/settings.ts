/** What an app can set; the document in `apps.settings`. Every value has a safe default. */
import { originPatternProblem } from "@latchkey/core/origins";
import * as z from "zod";

const text = z.string().max(500).nullable().default(null);
const url = z
  .url({ protocol: /^https?$/ })
  .max(2000)
  .nullable()
  .default(null);

const origin = z.string().superRefine((value, context) => {
  const problem = originPatternProblem(value);
  if (problem) context.addIssue({ code: "custom", message: problem });
});

/** Where the app's own login tokens are verified with, and what they must say. */
const customJwt = z.object({
  jwksUrl: z.url({ protocol: /^https?$/ }),
  issuer: z.string().min(1).max(500),
  audience: z.string().max(500).nullable().default(null),
  /** The claim that names the user. */
  userIdClaim: z.string().max(64).default("sub"),
});

export const appSettings = z.object({
  /** Origins whose pages may call; see core/origins. Empty: no browser may. */
  allowedOrigins: z.array(origin).max(200).default([]),
  logoUrl: url,
  iconUrl: url,
  accentColor: z
    .string()
    .regex(/^#[0-9a-fA-F]{6}$/)
    .nullable()
    .default(null),
  theme: z.enum(["light", "dark"]).default("light"),
  legalName: text,
  termsUrl: url,
  privacyUrl: url,
  requireTerms: z.boolean().default(false),
  emailAuth: z.boolean().default(true),
  guestAuth: z.boolean().default(false),
  customJwt: customJwt.nullable().default(null),
  disablePlusEmails: z.boolean().default(false),
  allowlistEnabled: z.boolean().default(false),
  allowlistTitle: text,
  allowlistDetail: text,
  allowlistCtaText: text,
  allowlistCtaLink: url,
  identityToken: z.boolean().default(false),
  /** Seconds; null takes the deployment's default. */
  accessTokenTtl: z.int().min(1).max(86_400).nullable().default(null),
  /** Seconds, the absolute lifetime of a session. */
  sessionLifetime: z
    .int()
    .min(60)
    .max(400 * 86_400)
    .default(30 * 86_400),
  /** Seconds without a refresh after which a session is over; null: the absolute lifetime. */
  idleLifetime: z
    .int()
    .min(60)
    .max(400 * 86_400)
    .nullable()
    .default(null),
  /** Seconds, the replay window W of session rule R3; null takes the deployment's default. */
  refreshWindow: z.int().min(0).max(600).nullable().default(null),
  /** Session rule R4. */
  lateReplay: z.enum(["forgive_once", "off"]).default("forgive_once"),
  /** A new user beyond this many is refused. */
  maxUsers: z.int().min(1).nullable().default(null),
});

export type AppSettings = z.output<typeof appSettings>;

/** What one app client changes of its app. */
export const appClientSettings = z.object({
  allowedOrigins: z.array(origin).max(200).default([]),
  sessionLifetime: z
    .int()
    .min(60)
    .max(400 * 86_400)
    .nullable()
    .default(null),
});

export type AppClientSettings = z.output<typeof appClientSettings>;

/** Reads a stored document; a newer version's unknown fields are ignored. */
export function readSettings(json: string): AppSettings {
  return Object.freeze(appSettings.parse(JSON.parse(json)));
}
