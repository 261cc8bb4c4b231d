/** Who manages the deployment, and how they sign in to do so. */
import * as z from "zod";
import { oneTimeCode } from "../browser-requests.ts";
import { type Operation, ROLES } from "./operation.ts";
import { address, displayName, time } from "./shapes.ts";

const role = z
  .enum(ROLES)
  .describe("viewer reads, editor changes apps and users, owner also decides who manages");

export const admin = z.object({
  id: z.string(),
  email: z.string(),
  role,
  createdAt: time,
  lastSeenAt: time.nullable(),
});
export type Admin = z.output<typeof admin>;

const adminInvitation = z.object({
  id: z.string(),
  email: z.string().nullable().describe("Null: whoever opens it says which"),
  role,
  createdAt: time,
  expiresAt: time,
});

const adminApiKey = z.object({
  id: z.string(),
  name: z.string(),
  role,
  createdAt: time,
  lastUsedAt: time.nullable(),
  expiresAt: time.nullable(),
});

const TAG = "Administrators";
const SIGN_IN = "Signing in";

export const adminOperations = {
  currentAdmin: {
    method: "GET",
    path: "/session",
    tag: SIGN_IN,
    summary: "Who is calling, and what they may do.",
    role: "viewer",
    answer: z.object({
      kind: z.enum(["admin", "api_key"]),
      id: z.string(),
      name: z.string().describe("The address of an administrator, the name of a key"),
      role,
      mayNot: z.array(z.string()).describe("Calls that take a higher role, such as `POST /apps`"),
    }),
  },
  redeemInvitation: {
    method: "POST",
    path: "/session/invitation",
    tag: SIGN_IN,
    summary: "Become an administrator by a one-time link, and sign in.",
    role: "anyone",
    body: z.object({
      token: z.string().min(1).max(200),
      email: address.optional().describe("Where the invitation names no address"),
    }),
    answer: z.object({ admin }),
  },
  sendSignInCode: {
    method: "POST",
    path: "/session/code",
    tag: SIGN_IN,
    summary:
      "Mail an administrator a code to sign in with. The answer is the same for every address.",
    role: "anyone",
    body: z.object({ email: address }),
  },
  signIn: {
    method: "POST",
    path: "/session",
    tag: SIGN_IN,
    summary: "Sign in by the mailed code.",
    role: "anyone",
    body: z.object({ email: address, code: oneTimeCode }),
    answer: z.object({ admin }),
  },
  signOut: {
    method: "DELETE",
    path: "/session",
    tag: SIGN_IN,
    summary: "End the dashboard's session in this browser.",
    role: "anyone",
  },
  listAdmins: {
    method: "GET",
    path: "/admins",
    tag: TAG,
    summary: "All administrators.",
    role: "viewer",
    answer: z.object({ items: z.array(admin) }),
  },
  changeAdmin: {
    method: "PATCH",
    path: "/admins/{adminId}",
    tag: TAG,
    summary: "Give an administrator another role. The last owner stays one.",
    role: "owner",
    body: z.object({ role }),
    answer: admin,
  },
  removeAdmin: {
    method: "DELETE",
    path: "/admins/{adminId}",
    tag: TAG,
    summary: "Take an administrator's access away and end their sessions. Not of the last owner.",
    role: "owner",
  },
  listAdminInvitations: {
    method: "GET",
    path: "/admin-invitations",
    tag: TAG,
    summary: "Invitations that are still open.",
    role: "owner",
    answer: z.object({ items: z.array(adminInvitation) }),
  },
  inviteAdmin: {
    method: "POST",
    path: "/admin-invitations",
    tag: TAG,
    summary: "Invite an administrator. The link is in this answer only, and works once.",
    role: "owner",
    body: z.object({ email: address.nullable().default(null), role }),
    answer: z.object({ invitation: adminInvitation, url: z.string() }),
  },
  revokeAdminInvitation: {
    method: "DELETE",
    path: "/admin-invitations/{invitationId}",
    tag: TAG,
    summary: "Withdraw an invitation.",
    role: "owner",
  },
  listAdminApiKeys: {
    method: "GET",
    path: "/admin-api-keys",
    tag: TAG,
    summary: "Keys that scripts call this API with.",
    role: "owner",
    answer: z.object({ items: z.array(adminApiKey) }),
  },
  createAdminApiKey: {
    method: "POST",
    path: "/admin-api-keys",
    tag: TAG,
    summary: "Make a key for scripts. It is in this answer only.",
    role: "owner",
    body: z.object({
      name: displayName,
      role: role.default("viewer"),
      days: z
        .int()
        .min(1)
        .max(3650)
        .nullable()
        .default(90)
        .describe("How long it is good; null: for ever"),
    }),
    answer: z.object({ apiKey: adminApiKey, secret: z.string() }),
  },
  revokeAdminApiKey: {
    method: "DELETE",
    path: "/admin-api-keys/{apiKeyId}",
    tag: TAG,
    summary: "End a key, at once.",
    role: "owner",
  },
} as const satisfies Record<string, Operation>;
