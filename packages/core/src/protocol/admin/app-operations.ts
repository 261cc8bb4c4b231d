/** Apps, their settings, secrets and app clients. */
import * as z from "zod";
import { appClientSettings, appSettings } from "../app-settings.ts";
import type { Operation } from "./operation.ts";
import { displayName, time } from "./shapes.ts";

const TAG = "Apps";

/** Grows with every change: send back the one that the change was made on. */
const version = z.int().nonnegative();

export const adminApp = z.object({
  id: z.string().describe("The app id of the browser protocol"),
  clientId: z.string().describe("The client id of the app-server protocol"),
  name: z.string(),
  kind: z.enum(["development", "production"]),
  settings: appSettings,
  version,
  createdAt: time,
});
export type AdminApp = z.output<typeof adminApp>;

const warnings = z
  .array(z.string())
  .describe("What is valid and may not do what one thinks, such as cookies without a domain");

const adminAppClient = z.object({
  id: z.string(),
  name: z.string(),
  settings: appClientSettings,
  version,
  createdAt: time,
});

const secretKind = z
  .enum(["app_secret", "api_key"])
  .describe("app_secret: browser protocol; api_key: app-server protocol");

/** What a change names is changed, what it leaves out stays, null takes the default again. */
const settingsChange = z
  .record(z.string(), z.json())
  .describe("Settings by name; what is left out stays, null takes the default again");

export const appOperations = {
  listApps: {
    method: "GET",
    path: "/apps",
    tag: TAG,
    summary: "All apps, by age.",
    role: "viewer",
    answer: z.object({
      items: z.array(adminApp.pick({ id: true, clientId: true, name: true, kind: true })),
    }),
  },
  createApp: {
    method: "POST",
    path: "/apps",
    tag: TAG,
    summary: "Make an app. Its secrets are in this answer only.",
    role: "editor",
    body: z.object({
      name: displayName,
      kind: adminApp.shape.kind,
      settings: settingsChange.optional(),
    }),
    answer: z.object({ app: adminApp, warnings, appSecret: z.string(), apiKey: z.string() }),
  },
  getApp: {
    method: "GET",
    path: "/apps/{appId}",
    tag: TAG,
    summary: "One app with its settings.",
    role: "viewer",
    answer: adminApp.extend({ warnings }),
  },
  updateApp: {
    method: "PATCH",
    path: "/apps/{appId}",
    tag: TAG,
    summary: "Change an app's name and settings, unless somebody changed them since.",
    role: "editor",
    body: z.object({
      version,
      name: displayName.optional(),
      settings: settingsChange.optional(),
    }),
    answer: adminApp.extend({ warnings }),
  },
  rotateAppSecret: {
    method: "POST",
    path: "/apps/{appId}/secrets",
    tag: TAG,
    summary:
      "Make a new secret, which is in this answer only; the one before stays good for a while.",
    role: "editor",
    body: z.object({
      kind: secretKind,
      overlapHours: z.number().min(0).max(2160).default(24),
    }),
    answer: z.object({ kind: secretKind, secret: z.string() }),
  },
  listAppClients: {
    method: "GET",
    path: "/apps/{appId}/clients",
    tag: TAG,
    summary: "An app's clients: the same app with other origins, cookies or session lifetime.",
    role: "viewer",
    answer: z.object({ items: z.array(adminAppClient.extend({ warnings })) }),
  },
  createAppClient: {
    method: "POST",
    path: "/apps/{appId}/clients",
    tag: TAG,
    summary: "Make an app client.",
    role: "editor",
    body: z.object({ name: displayName, settings: settingsChange.optional() }),
    answer: adminAppClient.extend({ warnings }),
  },
  updateAppClient: {
    method: "PATCH",
    path: "/apps/{appId}/clients/{clientId}",
    tag: TAG,
    summary: "Change an app client, unless somebody changed it since. Its id stays.",
    role: "editor",
    body: z.object({
      version,
      name: displayName.optional(),
      settings: settingsChange.optional(),
    }),
    answer: adminAppClient.extend({ warnings }),
  },
  deleteAppClient: {
    method: "DELETE",
    path: "/apps/{appId}/clients/{clientId}",
    tag: TAG,
    summary: "Delete an app client. Its sessions go on as the app's own.",
    role: "editor",
  },
  listTestAccounts: {
    method: "GET",
    path: "/apps/{appId}/test-accounts",
    tag: TAG,
    summary: "The app's test accounts: a fixed address and code each.",
    role: "editor",
    answer: z.object({
      items: z.array(z.object({ id: z.string(), email: z.string(), code: z.string() })),
    }),
  },
  enableTestAccount: {
    method: "POST",
    path: "/apps/{appId}/test-accounts",
    tag: TAG,
    summary: "Make a test account in place of the ones before.",
    role: "editor",
    answer: z.object({ email: z.string(), code: z.string() }),
  },
  disableTestAccounts: {
    method: "DELETE",
    path: "/apps/{appId}/test-accounts",
    tag: TAG,
    summary: "Switch test accounts off.",
    role: "editor",
  },
  listAllowlist: {
    method: "GET",
    path: "/apps/{appId}/allowlist",
    tag: TAG,
    summary: "Who may sign in while the allowlist is on.",
    role: "viewer",
    answer: z.object({ items: z.array(z.object({ id: z.string(), value: z.string() })) }),
  },
  addToAllowlist: {
    method: "POST",
    path: "/apps/{appId}/allowlist",
    tag: TAG,
    summary: "Add an address, or a whole domain such as example.com.",
    role: "editor",
    body: z.object({ value: z.string().trim().toLowerCase().min(3).max(254) }),
    answer: z.object({ id: z.string(), value: z.string() }),
  },
  removeFromAllowlist: {
    method: "DELETE",
    path: "/apps/{appId}/allowlist/{value}",
    tag: TAG,
    summary: "Take an address or a domain off the list. Ends no session.",
    role: "editor",
  },
} as const satisfies Record<string, Operation>;
