/** Endpoints that an app's servers are told at, and what became of each delivery. */
import * as z from "zod";
import type { Operation } from "./operation.ts";
import { listOf, pageQuery, time } from "./shapes.ts";
import { WEBHOOK_EVENTS, type WebhookEventName } from "./webhook-events.ts";

const TAG = "Webhooks";
const PATH = "/apps/{appId}/webhooks/{webhookId}";

const version = z.int().nonnegative();
const url = z.string().trim().min(1).max(2000).describe("https, without a name or password in it");
const description = z.string().trim().max(200);
const events = z
  .array(z.enum(Object.keys(WEBHOOK_EVENTS) as [WebhookEventName, ...WebhookEventName[]]))
  .max(100)
  .describe("The types it takes; empty: all, those of later releases included");

export const adminWebhook = z.object({
  id: z.string(),
  url: z.string(),
  description: z.string(),
  events: z.array(z.string()),
  enabled: z.boolean(),
  disabledReason: z
    .enum(["gone", "failing", "admin"])
    .nullable()
    .describe("gone: it answered 410; failing: it accepted nothing for five days; admin: by hand"),
  disabledAt: time.nullable(),
  failingAt: time.nullable().describe("Since when it accepted nothing; null while it accepts"),
  previousSecretExpiresAt: time
    .nullable()
    .describe("Until when deliveries are signed with the secret before, too"),
  version,
  createdAt: time,
});
export type AdminWebhook = z.output<typeof adminWebhook>;

const state = z.enum(["pending", "delivered", "failed"]);

const delivery = z.object({
  id: z.string(),
  eventId: z.string().describe("The webhook-id header, the same in every attempt"),
  type: z.string(),
  state,
  tries: z.int().describe("Attempts of the schedule that runs now; a resend begins it anew"),
  nextAttemptAt: time.nullable(),
  lastStatus: z.int().nullable().describe("Of the last answer; null when there was none"),
  createdAt: time,
});
export type AdminWebhookDelivery = z.output<typeof delivery>;

const attempt = z.object({
  at: time,
  status: z.int().nullable(),
  error: z.string().nullable().describe("Why there was no answer, or why it does not count"),
  answer: z.string().nullable().describe("The first 1,000 characters"),
  durationMs: z.int(),
});

export const webhookOperations = {
  listWebhooks: {
    method: "GET",
    path: "/apps/{appId}/webhooks",
    tag: TAG,
    summary: "The app's webhook endpoints, and every type of event that they can take.",
    role: "viewer",
    answer: z.object({
      items: z.array(adminWebhook),
      eventTypes: z.array(z.object({ type: z.string(), description: z.string() })),
    }),
  },
  createWebhook: {
    method: "POST",
    path: "/apps/{appId}/webhooks",
    tag: TAG,
    summary: "Add an endpoint. Its signing secret is in this answer only.",
    role: "editor",
    body: z.object({
      url,
      description: description.default(""),
      events: events.default([]),
    }),
    answer: z.object({ webhook: adminWebhook, secret: z.string() }),
  },
  getWebhook: {
    method: "GET",
    path: PATH,
    tag: TAG,
    summary: "One endpoint.",
    role: "viewer",
    answer: adminWebhook,
  },
  updateWebhook: {
    method: "PATCH",
    path: PATH,
    tag: TAG,
    summary:
      "Change an endpoint, unless somebody changed it since. Turned off, what waits for it is given up.",
    role: "editor",
    body: z.object({
      version,
      url: url.optional(),
      description: description.optional(),
      events: events.optional(),
      enabled: z.boolean().optional(),
    }),
    answer: adminWebhook,
  },
  deleteWebhook: {
    method: "DELETE",
    path: PATH,
    tag: TAG,
    summary: "Delete an endpoint with its log.",
    role: "editor",
  },
  rotateWebhookSecret: {
    method: "POST",
    path: `${PATH}/secret`,
    tag: TAG,
    summary:
      "Make a new signing secret, which is in this answer only; until then both sign each delivery.",
    role: "editor",
    body: z.object({ overlapHours: z.number().min(0).max(168).default(24) }),
    answer: z.object({ webhook: adminWebhook, secret: z.string() }),
  },
  testWebhook: {
    method: "POST",
    path: `${PATH}/test`,
    tag: TAG,
    summary: "Send the endpoint an event of type webhook.test, whatever types it takes.",
    role: "editor",
    answer: delivery,
  },
  listWebhookDeliveries: {
    method: "GET",
    path: `${PATH}/deliveries`,
    tag: TAG,
    summary: "What was sent to the endpoint in the last 30 days, newest first.",
    role: "viewer",
    query: pageQuery.extend({ state: state.optional() }),
    answer: listOf(delivery),
  },
  getWebhookDelivery: {
    method: "GET",
    path: `${PATH}/deliveries/{deliveryId}`,
    tag: TAG,
    summary: "One delivery with its attempts and what it sends.",
    role: "viewer",
    answer: delivery.extend({
      attempts: z.array(attempt).describe("Oldest first"),
      body: z.string().nullable().describe("What is sent, byte for byte; null once it was purged"),
    }),
  },
  resendWebhookDelivery: {
    method: "POST",
    path: `${PATH}/deliveries/{deliveryId}/resend`,
    tag: TAG,
    summary: "Send it again, under the same webhook-id.",
    role: "editor",
    answer: delivery,
  },
  resendFailedWebhookDeliveries: {
    method: "POST",
    path: `${PATH}/resend-failed`,
    tag: TAG,
    summary: "Send again whatever failed and was made since a moment.",
    role: "editor",
    body: z.object({ since: time }),
    answer: z.object({ count: z.int() }),
  },
} as const satisfies Record<string, Operation>;
