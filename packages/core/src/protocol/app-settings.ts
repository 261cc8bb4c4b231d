/** What an app can set; the document in `apps.settings`. Every value has a safe default. */

import * as z from "zod";
import { COOKIE_PREFIX, DEFAULT_COOKIE_PREFIX } from "../cookies/cookie-names.ts";
import { isLoopbackHost } from "../loopback.ts";
import { oauthRedirectUrlProblem } from "../oauth-redirect-urls.ts";
import { originPatternProblem } from "../origins.ts";
import { returnUrlProblem } from "../return-urls.ts";

const text = z.string().max(500).nullable().default(null);
const webAddress = () => z.url({ protocol: /^https?$/, error: "must be an http or https address" });
const url = webAddress().max(2000).nullable().default(null);

const origin = z.string().superRefine((value, context) => {
  const problem = originPatternProblem(value);
  if (problem) context.addIssue({ code: "custom", message: problem });
});

/** Where the app's own login tokens are verified with, and what they must say. */
const customJwt = z.object({
  jwksUrl: webAddress(),
  issuer: z.string().min(1).max(500),
  audience: z.string().max(500).nullable().default(null),
  /** The claim that names the user. */
  userIdClaim: z.string().max(64).default("sub"),
});

const returnUrl = z.string().superRefine((value, context) => {
  const problem = returnUrlProblem(value);
  if (problem) context.addIssue({ code: "custom", message: problem });
});

const oauthRedirectUrl = z.string().superRefine((value, context) => {
  const problem = oauthRedirectUrlProblem(value);
  if (problem) context.addIssue({ code: "custom", message: problem });
});

/** The name of a role, permission, entitlement or feature flag. */
export const slug = z
  .string()
  .regex(/^[a-z0-9][a-z0-9_:.-]{0,63}$/, "must be lower-case letters, digits, and _ : . -");

/** Seconds, the absolute or idle lifetime of a session. */
const lifetime = z
  .int()
  .min(60)
  .max(400 * 86_400);

const role = z.object({
  slug,
  name: z.string().min(1).max(100),
  permissions: z.array(slug).max(200).default([]),
});

/** What an app of the store is called on the device that it runs on, such as com.example.app. */
const nativeAppId = z
  .string()
  .regex(/^[A-Za-z0-9][A-Za-z0-9._-]{0,199}$/, "must be an identifier such as com.example.app");

const cookiePrefix = z
  .string()
  .regex(COOKIE_PREFIX, "must be 1 to 32 letters, digits, - and _, such as acme");

export const appSettings = z.object({
  /** Origins whose pages may call; see core/origins. Empty: no browser may. */
  allowedOrigins: z.array(origin).max(200).default([]),
  logoUrl: url,
  iconUrl: url,
  accentColor: z
    .string()
    .regex(/^#[0-9a-fA-F]{6}$/, "must be a colour such as #ff8800")
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
  /**
   * Pages that a sign-in at a provider may return to, in the browser protocol; their query and
   * fragment are their own. Empty: any page of an allowed origin.
   */
  oauthRedirectUrls: z.array(oauthRedirectUrl).max(200).default([]),
  /**
   * Whether a user may take over an account of a provider from another user who has no other way in,
   * by signing in at the provider as both.
   */
  accountTransfer: z.boolean().default(false),
  /** Signing in with a passkey, on the app's pages and on the hosted ones. */
  passkeyAuth: z.boolean().default(false),
  /** Whether a passkey alone begins a user, without an address. */
  passkeysForSignup: z.boolean().default(false),
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
  sessionLifetime: lifetime.default(30 * 86_400),
  /** Seconds without a refresh after which a session is over; null: the absolute lifetime. */
  idleLifetime: lifetime.nullable().default(null),
  /** Seconds, the replay window W of session rule R3; null takes the deployment's default. */
  refreshWindow: z.int().min(0).max(600).nullable().default(null),
  /** Session rule R4. */
  lateReplay: z.enum(["forgive_once", "off"]).default("forgive_once"),
  /** Where hosted sign-in may send people back to, compared byte for byte; see apps/return-urls.ts. */
  redirectUris: z.array(returnUrl).max(200).default([]),
  /** Where signing out may send people; as redirectUris. The first is the default. */
  logoutUris: z.array(returnUrl).max(200).default([]),
  /** Seconds, the app-server protocol's access token; null takes the deployment's default (900). */
  appServerAccessTokenTtl: z.int().min(1).max(86_400).nullable().default(null),
  /** Seconds, the absolute lifetime of a session in the app-server protocol. */
  appServerSessionLifetime: lifetime.default(400 * 86_400),
  /** Whether a sign-in at another app of this deployment counts here; null: in development apps. */
  sharedSignIn: z.boolean().nullable().default(null),
  /** Whether PKCE alone, without the API key, gets tokens: for apps that have no server. */
  publicClients: z.boolean().default(false),
  /** Signing in by password, on the hosted pages and by the password grant. */
  passwordAuth: z.boolean().default(false),
  /** Whether devices without a browser sign in (RFC 8628); null: in development apps. */
  deviceSignIn: z.boolean().nullable().default(null),
  /** Whether who belongs to several organizations has to choose one at sign-in. */
  organizationSelection: z.boolean().default(false),
  /** What membership of an organization can mean; the first is what a new member gets. */
  roles: z
    .array(role)
    .min(1)
    .max(100)
    .default([
      { slug: "member", name: "Member", permissions: [] },
      { slug: "admin", name: "Admin", permissions: [] },
    ]),
  /** Whether sessions are kept in cookies that this server sets, on the app's verified domain. */
  httpOnlyCookies: z.boolean().default(false),
  /** Whether those cookies come along when another site links to the app (`lax`) or not. */
  sameSite: z.enum(["strict", "lax"]).default("strict"),
  /** What the names of those cookies begin with; the vendors' SDKs know the default alone. */
  cookiePrefix: cookiePrefix.default(DEFAULT_COOKIE_PREFIX),
  /** What they began with before, newest first: still read, and removed from browsers. */
  formerCookiePrefixes: z.array(cookiePrefix).max(5).default([]),
  /** A new user beyond this many is refused. */
  maxUsers: z.int().min(1).nullable().default(null),
});

export type AppSettings = z.output<typeof appSettings>;

/**
 * What a setting that is written now is held to beyond {@link appSettings}. What was stored before
 * is not: a running app goes on with it.
 */
export const writtenSettings = z.looseObject({
  customJwt: z
    .unknown()
    .superRefine((value, context) => {
      if (typeof value !== "object" || value === null) return;
      const refuse = (name: string, message: string) =>
        context.addIssue({ code: "custom", path: [name], message });
      const { audience, jwksUrl } = value as Record<string, unknown>;
      // An empty one is checked by nobody.
      if (audience === undefined || audience === "") {
        refuse(
          "audience",
          "is missing: name the audience that the tokens carry for this app, or write null to take tokens that were issued for any other app of that login too",
        );
      }
      const url = typeof jwksUrl === "string" ? URL.parse(jwksUrl) : null;
      if (url?.protocol === "http:" && !isLoopbackHost(url.hostname)) {
        refuse(
          "jwksUrl",
          "must begin with https://: over http, whoever sits between chooses the keys. Only loopback may use http",
        );
      }
    })
    .optional(),
});

/** What one app client changes of its app. */
export const appClientSettings = z.object({
  allowedOrigins: z.array(origin).max(200).default([]),
  sessionLifetime: lifetime.nullable().default(null),
  /** Over the app's httpOnlyCookies. */
  cookies: z.enum(["enabled", "disabled", "inherit"]).default("inherit"),
  /** Native apps that may use this client, which has no cookies then. */
  nativeAppIds: z.array(nativeAppId).max(200).default([]),
});

export type AppClientSettings = z.output<typeof appClientSettings>;

/** Reads a stored document; a newer version's unknown fields are ignored. */
export function readSettings(json: string): AppSettings {
  return Object.freeze(appSettings.parse(JSON.parse(json)));
}
