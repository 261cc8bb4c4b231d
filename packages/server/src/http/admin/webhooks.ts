import { LatchkeyError } from "@latchkey/core/errors";
import {
  type AdminWebhook,
  type AdminWebhookDelivery,
  WEBHOOK_EVENTS,
  type webhookOperations,
} from "@latchkey/core/protocol/admin";
import * as z from "zod";
import type { Services } from "../../services.ts";
import type { WebhookDelivery, WebhookEndpoint } from "../../storage/store.ts";
import { checkedUrl, createEndpoint, rotateWebhookSecret } from "../../webhooks/endpoints.ts";
import { webhookBody } from "../../webhooks/webhook-body.ts";
import { openCursor, sealCursor } from "./cursor.ts";
import type { Handlers } from "./handler.ts";
import { changedMeanwhile, found, requireApp } from "./missing.ts";

const HOUR_MS = 3_600_000;
const place = z.object({ createdAt: z.int(), id: z.string() });
const eventTypes = Object.entries(WEBHOOK_EVENTS).map(([type, description]) => ({
  type,
  description,
}));

interface Named {
  readonly appId: string;
  readonly webhookId: string;
}

export function webhookHandlers(services: Services): Handlers<keyof typeof webhookOperations> {
  const { directory, master, settings } = services;
  const store = services.store.webhooks;
  const rules = { allowPrivate: settings.allowPrivateAddresses };
  const deps = { store, master, rules };

  const endpoint = async ({ appId, webhookId }: Named) =>
    found(await store.findEndpoint(appId, webhookId), "webhook");
  const delivery = async ({ id }: WebhookEndpoint, deliveryId: string) =>
    found(await store.findDelivery(id, deliveryId), "delivery");

  return {
    async listWebhooks({ params: { appId } }) {
      await requireApp(directory, appId);
      return { items: (await store.endpoints(appId)).map(toWebhook), eventTypes };
    },

    async createWebhook({ params: { appId }, body, record }) {
      await requireApp(directory, appId);
      const { id, secret } = await createEndpoint(deps, { ...body, appId });
      const webhook = toWebhook(await endpoint({ appId, webhookId: id }));
      record({ after: webhook });
      return { webhook, secret };
    },

    getWebhook: async ({ params }) => toWebhook(await endpoint(params)),

    async updateWebhook({ params, body: { version, url, ...rest }, record }) {
      const before = await endpoint(params);
      const change = { ...rest, ...(url !== undefined && { url: checkedUrl(url, rules) }) };
      const updated = await store.updateEndpoint({ id: before.id, version }, change);
      if (!updated) throw changedMeanwhile();
      const after = toWebhook(updated);
      record({ before: toWebhook(before), after });
      return after;
    },

    async deleteWebhook({ params, record }) {
      const before = await endpoint(params);
      await store.deleteEndpoint(params.appId, before.id);
      record({ before: toWebhook(before) });
      return undefined;
    },

    async rotateWebhookSecret({ params, body: { overlapHours }, record }) {
      const before = await endpoint(params);
      const secret = await rotateWebhookSecret(deps, before, overlapHours * HOUR_MS);
      record({ after: { overlapHours } });
      return { webhook: toWebhook(await endpoint(params)), secret };
    },

    async testWebhook({ params }) {
      const to = requireEnabled(await endpoint(params));
      return toDelivery(await delivery(to, await store.addTest(to)));
    },

    async listWebhookDeliveries({ params, query: { state, after, limit } }) {
      const { id } = await endpoint(params);
      const rows = await store.deliveries(id, {
        state,
        after: after === undefined ? null : openCursor(after, place),
        limit: limit + 1,
      });
      const items = rows.slice(0, limit);
      const last = rows.length > limit ? items.at(-1) : undefined;
      return {
        items: items.map(toDelivery),
        next: last ? sealCursor({ createdAt: last.createdAt, id: last.id }) : null,
      };
    },

    async getWebhookDelivery({ params }) {
      const sent = await delivery(await endpoint(params), params.deliveryId);
      const [attempts, event] = await Promise.all([
        store.attempts(sent.id),
        store.findEvent(sent.eventId),
      ]);
      return {
        ...toDelivery(sent),
        attempts: attempts.map(({ id: _, ...attempt }) => attempt),
        body: event && webhookBody(event),
      };
    },

    async resendWebhookDelivery({ params, record }) {
      const to = requireEnabled(await endpoint(params));
      const sent = await delivery(to, params.deliveryId);
      await store.resend(sent.id);
      record({ after: { eventId: sent.eventId } });
      return toDelivery(await delivery(to, sent.id));
    },

    async resendFailedWebhookDeliveries({ params, body: { since }, record }) {
      const to = requireEnabled(await endpoint(params));
      const count = await store.resendFailed(to.id, since);
      record({ after: { since, count } });
      return { count };
    },
  };
}

function requireEnabled(endpoint: WebhookEndpoint): WebhookEndpoint {
  if (endpoint.enabled) return endpoint;
  throw new LatchkeyError(
    "webhook_disabled",
    409,
    "This endpoint is turned off: nothing is sent to it. Turn it on first.",
  );
}

const toWebhook = (endpoint: WebhookEndpoint): AdminWebhook => ({
  id: endpoint.id,
  url: endpoint.url,
  description: endpoint.description,
  events: [...endpoint.events],
  enabled: endpoint.enabled,
  disabledReason: endpoint.disabledReason,
  disabledAt: endpoint.disabledAt,
  failingAt: endpoint.failingAt,
  previousSecretExpiresAt: endpoint.previousExpiresAt,
  version: endpoint.version,
  createdAt: endpoint.createdAt,
});

const toDelivery = (delivery: WebhookDelivery): AdminWebhookDelivery => ({
  id: delivery.id,
  eventId: delivery.eventId,
  type: delivery.type,
  state: delivery.state,
  tries: delivery.tries,
  nextAttemptAt: delivery.dueAt,
  lastStatus: delivery.lastStatus,
  createdAt: delivery.createdAt,
});
