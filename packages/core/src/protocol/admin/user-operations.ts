/** An app's users and their sessions. */
import * as z from "zod";
import type { Operation } from "./operation.ts";
import { address, listOf, pageQuery, time } from "./shapes.ts";

const TAG = "Users";
const SESSIONS = "Sessions";

const metadata = z.record(
  z.string().max(100),
  z.union([z.string().max(1000), z.number(), z.boolean()]),
);

export const adminUser = z.object({
  id: z.string().describe("The user's id in the browser protocol"),
  serverId: z.string().describe("The same user's id in the app-server protocol"),
  isGuest: z.boolean(),
  accounts: z.array(
    z.object({
      type: z.string(),
      subject: z.string(),
      name: z.string().nullable().describe("What it is called, where it has a name"),
      isVerified: z.boolean(),
      latestVerifiedAt: time,
    }),
  ),
  firstName: z.string().nullable(),
  lastName: z.string().nullable(),
  externalId: z.string().nullable(),
  customMetadata: z.record(z.string(), z.union([z.string(), z.number(), z.boolean()])).nullable(),
  disabledAt: time.nullable(),
  createdAt: time,
  lastSignInAt: time.nullable(),
});
export type AdminUser = z.output<typeof adminUser>;

const adminPasskey = z.object({
  credentialId: z.string().describe("The `subject` of its account"),
  name: z.string().describe("The user's own word for it"),
  createdAt: time,
  lastUsedAt: time.nullable(),
  isBackedUp: z.boolean().describe("Whether it was on several devices at its last use"),
  regressedAt: time
    .nullable()
    .describe("When its counter went back last, as after a copy of it was used; null: never"),
});
export type AdminPasskey = z.output<typeof adminPasskey>;

export const adminSession = z.object({
  id: z.string(),
  protocol: z.enum(["browser", "app_server"]),
  delivery: z.enum(["body", "cookie"]),
  clientId: z.string().nullable(),
  state: z.enum(["active", "expired", "ended"]),
  endReason: z.string().nullable(),
  authMethod: z.string(),
  createdAt: time,
  lastRefreshAt: time,
  expiresAt: time,
  endedAt: time.nullable(),
  userAgent: z.string().nullable(),
  ip: z.string().nullable(),
  organizationId: z.string().nullable(),
  impersonator: z.object({ email: z.string(), reason: z.string().nullable() }).nullable(),
});
export type AdminSession = z.output<typeof adminSession>;

const listedSession = adminSession.extend({
  userId: z.string(),
  account: z
    .object({ type: z.string(), subject: z.string() })
    .nullable()
    .describe("The user's oldest account; null of a guest and of a user who is gone"),
});
export type ListedSession = z.output<typeof listedSession>;

const END_REASONS = [
  "logout",
  "revoked",
  "reuse",
  "user_disabled",
  "user_deleted",
  "replaced",
] as const;

const yesOrNo = z.enum(["true", "false"]).transform((word) => word === "true");
const moment = z.coerce.number().int().nonnegative().max(Number.MAX_SAFE_INTEGER);

const GOES_ON =
  "What several filters ask for at once is looked for among a bounded number of rows, so a page may hold less than `limit` and still have a `next`.";

const userFilter = z.object({
  createdFrom: moment.optional().describe("Milliseconds since the epoch, included"),
  createdUntil: moment.optional().describe("Not included"),
  signedInFrom: moment.optional().describe("Of the last sign-in"),
  signedInUntil: moment.optional(),
  disabled: yesOrNo.optional(),
  guest: yesOrNo.optional(),
  accountType: z
    .string()
    .max(100)
    .optional()
    .describe("Such as `email`, `google_oauth`, `passkey`, `custom_auth`"),
  organizationId: z.string().max(100).optional(),
});

export const userOperations = {
  listUsers: {
    method: "GET",
    path: "/apps/{appId}/users",
    tag: TAG,
    summary: `An app's users, newest first. \`search\` finds whole ids, and the beginning of an address, a first or a last name. ${GOES_ON}`,
    role: "viewer",
    query: pageQuery.extend({
      search: z.string().trim().max(254).optional(),
      ...userFilter.shape,
    }),
    answer: listOf(adminUser),
  },
  importUsers: {
    method: "POST",
    path: "/apps/{appId}/users/import",
    tag: TAG,
    summary:
      "Make users, up to 200 at once; each is made or refused by itself, and the answer says which.",
    role: "editor",
    body: z.object({
      users: z
        .array(
          z.object({
            email: z.string().max(254).optional(),
            customUserId: z
              .string()
              .max(200)
              .optional()
              .describe("Of the app's own login (customJwt)"),
            customMetadata: metadata.optional(),
          }),
        )
        .min(1)
        .max(200),
    }),
    answer: z.object({
      created: z.int().nonnegative(),
      refused: z.array(z.object({ index: z.int().nonnegative(), reason: z.string() })),
    }),
  },
  getUser: {
    method: "GET",
    path: "/apps/{appId}/users/{userId}",
    tag: TAG,
    summary: "One user.",
    role: "viewer",
    answer: adminUser,
  },
  disableUser: {
    method: "POST",
    path: "/apps/{appId}/users/{userId}/disable",
    tag: TAG,
    summary: "Bar a user from signing in and end all their sessions.",
    role: "editor",
  },
  enableUser: {
    method: "POST",
    path: "/apps/{appId}/users/{userId}/enable",
    tag: TAG,
    summary: "Let a disabled user sign in again.",
    role: "editor",
  },
  deleteUser: {
    method: "DELETE",
    path: "/apps/{appId}/users/{userId}",
    tag: TAG,
    summary: "Delete a user with accounts and sessions. There is no way back.",
    role: "editor",
  },
  setUserMetadata: {
    method: "PUT",
    path: "/apps/{appId}/users/{userId}/metadata",
    tag: TAG,
    summary: "Replace a user's custom metadata.",
    role: "editor",
    body: z.object({ customMetadata: metadata }),
    answer: adminUser,
  },
  listUserPasskeys: {
    method: "GET",
    path: "/apps/{appId}/users/{userId}/passkeys",
    tag: TAG,
    summary: "A user's passkeys, oldest first: at most twenty.",
    role: "viewer",
    answer: z.object({ items: z.array(adminPasskey) }),
  },
  unlinkUserAccount: {
    method: "POST",
    path: "/apps/{appId}/users/{userId}/accounts/unlink",
    tag: TAG,
    summary:
      "Take one of a user's ways in away, never the last that works. Their sessions end, and a mail tells them.",
    role: "editor",
    body: z.object({
      type: z.string().max(100).describe("Of the user's `accounts`"),
      subject: z.string().min(1).max(2000).describe("Of the same account"),
    }),
    answer: adminUser,
  },
  impersonateUser: {
    method: "POST",
    path: "/apps/{appId}/users/{userId}/impersonation",
    tag: TAG,
    summary:
      "An address that signs the caller in as the user, once, for an hour; the app shows by whom.",
    role: "owner",
    body: z.object({
      reason: z.string().trim().min(1).max(500),
      redirectUri: z.string().max(2000).optional().describe("Default: the app's first"),
      as: address.optional().describe("For API keys: who acts"),
    }),
    answer: z.object({ url: z.string() }),
  },
  listUserSessions: {
    method: "GET",
    path: "/apps/{appId}/users/{userId}/sessions",
    tag: SESSIONS,
    summary: "A user's sessions, newest first; ended ones while they are kept.",
    role: "viewer",
    query: pageQuery,
    answer: listOf(adminSession),
  },
  revokeUserSessions: {
    method: "DELETE",
    path: "/apps/{appId}/users/{userId}/sessions",
    tag: SESSIONS,
    summary: "End every session of a user.",
    role: "editor",
    answer: z.object({ ended: z.int().nonnegative() }),
  },
  listSessions: {
    method: "GET",
    path: "/apps/{appId}/sessions",
    tag: SESSIONS,
    summary: `An app's sessions, newest first; ended ones by when they ended, while they are kept. ${GOES_ON}`,
    role: "viewer",
    query: pageQuery.extend({
      state: z.enum(["active", "ended"]).optional(),
      reason: z.enum(END_REASONS).optional().describe("Why it ended"),
      method: z.string().max(100).optional().describe("How its user signed in"),
    }),
    answer: listOf(listedSession),
  },
  getSession: {
    method: "GET",
    path: "/apps/{appId}/sessions/{sessionId}",
    tag: SESSIONS,
    summary: "One session with its trail, from sign-in to end: why somebody was signed out.",
    role: "viewer",
    answer: z.object({
      session: adminSession,
      userId: z.string(),
      events: z.array(z.object({ type: z.string(), at: time, words: z.string() })),
    }),
  },
  revokeSession: {
    method: "DELETE",
    path: "/apps/{appId}/sessions/{sessionId}",
    tag: SESSIONS,
    summary: "End one session.",
    role: "editor",
  },
} as const satisfies Record<string, Operation>;
