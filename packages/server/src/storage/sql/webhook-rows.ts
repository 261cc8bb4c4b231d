import type { Selectable } from "kysely";
import type { WebhookAttempt, WebhookDelivery, WebhookEndpoint } from "../store.ts";
import type {
  WebhookAttemptTable,
  WebhookDeliveryTable,
  WebhookEndpointTable,
} from "../webhook-tables.ts";

export function toEndpoint(row: Selectable<WebhookEndpointTable>): WebhookEndpoint {
  return {
    id: row.id,
    appId: row.app_id,
    url: row.url,
    description: row.description,
    events: JSON.parse(row.events),
    sealedSecret: row.sealed_secret,
    previousSealedSecret: row.previous_sealed_secret,
    previousExpiresAt: row.previous_expires_at,
    enabled: row.enabled === 1,
    disabledReason: row.disabled_reason as WebhookEndpoint["disabledReason"],
    disabledAt: row.disabled_at,
    failingAt: row.failing_at,
    version: row.version,
    createdAt: row.created_at,
    updatedAt: row.updated_at,
  };
}

export function toDelivery(row: Selectable<WebhookDeliveryTable>): WebhookDelivery {
  return {
    id: row.id,
    endpointId: row.endpoint_id,
    eventId: row.event_id,
    type: row.type,
    state: row.state as WebhookDelivery["state"],
    tries: row.tries,
    dueAt: row.due_at,
    lastStatus: row.last_status,
    createdAt: row.created_at,
  };
}

export function toAttempt(row: Selectable<WebhookAttemptTable>): WebhookAttempt {
  return {
    id: row.id,
    status: row.status,
    error: row.error,
    answer: row.answer,
    durationMs: row.duration_ms,
    at: row.at,
  };
}
