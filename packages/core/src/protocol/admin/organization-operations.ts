/** Organizations of an app's users: members, invitations, and what their tokens claim. */
import * as z from "zod";
import { slug } from "../app-settings.ts";
import type { Operation } from "./operation.ts";
import { address, displayName, listOf, pageQuery, time } from "./shapes.ts";

const TAG = "Organizations";

const claims = z.array(slug).max(100);

const adminOrganization = z.object({
  id: z.string(),
  name: z.string(),
  externalId: z.string().nullable(),
  entitlements: z.array(z.string()),
  featureFlags: z.array(z.string()),
  createdAt: time,
  updatedAt: time,
});

const adminMember = z.object({
  id: z.string().describe("Of the membership"),
  userId: z.string(),
  serverUserId: z.string(),
  email: z.string().nullable(),
  roles: z.array(z.string()),
  status: z.enum(["active", "inactive"]),
  createdAt: time,
});

const organizationInvitation = z.object({
  id: z.string(),
  email: z.string(),
  role: z.string().nullable(),
  state: z.enum(["pending", "accepted", "expired", "revoked"]),
  createdAt: time,
  expiresAt: time,
});

export const organizationOperations = {
  listOrganizations: {
    method: "GET",
    path: "/apps/{appId}/organizations",
    tag: TAG,
    summary: "An app's organizations, newest first.",
    role: "viewer",
    query: pageQuery,
    answer: listOf(adminOrganization),
  },
  createOrganization: {
    method: "POST",
    path: "/apps/{appId}/organizations",
    tag: TAG,
    summary: "Make an organization.",
    role: "editor",
    body: z.object({ name: displayName, externalId: z.string().min(1).max(200).optional() }),
    answer: adminOrganization,
  },
  getOrganization: {
    method: "GET",
    path: "/apps/{appId}/organizations/{organizationId}",
    tag: TAG,
    summary: "One organization.",
    role: "viewer",
    answer: adminOrganization,
  },
  updateOrganization: {
    method: "PATCH",
    path: "/apps/{appId}/organizations/{organizationId}",
    tag: TAG,
    summary: "Change an organization; its members' tokens claim the rest at their next refresh.",
    role: "editor",
    body: z.object({
      name: displayName.optional(),
      entitlements: claims.optional(),
      featureFlags: claims.optional(),
    }),
    answer: adminOrganization,
  },
  deleteOrganization: {
    method: "DELETE",
    path: "/apps/{appId}/organizations/{organizationId}",
    tag: TAG,
    summary: "Delete an organization with its memberships. Sessions in it go on without it.",
    role: "editor",
  },
  listMembers: {
    method: "GET",
    path: "/apps/{appId}/organizations/{organizationId}/members",
    tag: TAG,
    summary: "The members of an organization, newest first.",
    role: "viewer",
    query: pageQuery,
    answer: listOf(adminMember),
  },
  addMember: {
    method: "POST",
    path: "/apps/{appId}/organizations/{organizationId}/members",
    tag: TAG,
    summary: "Make a user a member.",
    role: "editor",
    body: z.object({
      userId: z.string().max(200).describe("By either protocol's id"),
      roles: z.array(slug).min(1).max(20).optional().describe("Default: the app's first role"),
    }),
    answer: adminMember,
  },
  changeMember: {
    method: "PATCH",
    path: "/apps/{appId}/organizations/{organizationId}/members/{membershipId}",
    tag: TAG,
    summary: "Give a member other roles, or suspend the membership.",
    role: "editor",
    body: z.object({
      roles: z.array(slug).min(1).max(20).optional(),
      status: z.enum(["active", "inactive"]).optional(),
    }),
    answer: adminMember,
  },
  removeMember: {
    method: "DELETE",
    path: "/apps/{appId}/organizations/{organizationId}/members/{membershipId}",
    tag: TAG,
    summary: "End a membership.",
    role: "editor",
  },
  listOrganizationInvitations: {
    method: "GET",
    path: "/apps/{appId}/organizations/{organizationId}/invitations",
    tag: TAG,
    summary: "Invitations to an organization, newest first.",
    role: "viewer",
    query: pageQuery,
    answer: listOf(organizationInvitation),
  },
  inviteMember: {
    method: "POST",
    path: "/apps/{appId}/organizations/{organizationId}/invitations",
    tag: TAG,
    summary: "Mail somebody an invitation, good for seven days.",
    role: "editor",
    body: z.object({ email: address, role: slug.optional() }),
    answer: organizationInvitation,
  },
  revokeMemberInvitation: {
    method: "DELETE",
    path: "/apps/{appId}/organizations/{organizationId}/invitations/{invitationId}",
    tag: TAG,
    summary: "Withdraw a pending invitation.",
    role: "editor",
  },
} as const satisfies Record<string, Operation>;
