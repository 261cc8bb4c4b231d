/** The tables of what an app's servers are told. */

export interface WebhookEndpointTable {
  id: string;
  app_id: string;
  url: string;
  description: string;
  /** JSON array of event types; empty: all */
  events: string;
  sealed_secret: string;
  /** Signs beside the new one until it expires */
  previous_sealed_secret: string | null;
  previous_expires_at: number | null;
  enabled: number;
  /** gone, failing or admin; null while enabled */
  disabled_reason: string | null;
  disabled_at: number | null;
  /** Since when nothing was accepted; null while it accepts */
  failing_at: number | null;
  version: number;
  created_at: number;
  updated_at: number;
}

export interface WebhookEventTable {
  id: string;
  app_id: string;
  type: string;
  /** What happened, in the store's terms, as JSON */
  data: string;
  created_at: number;
}

export interface WebhookDeliveryTable {
  id: string;
  endpoint_id: string;
  event_id: string;
  type: string;
  /** pending, delivered or failed */
  state: string;
  /** Of the schedule that runs now: a resend begins it anew */
  tries: number;
  /** When to try, or while one tries, when another may; null: done */
  due_at: number | null;
  /** Of who tries now */
  claim: string | null;
  last_status: number | null;
  created_at: number;
}

export interface WebhookAttemptTable {
  id: string;
  delivery_id: string;
  /** Of the answer; null when there was none */
  status: number | null;
  error: string | null;
  /** The beginning of the answer */
  answer: string | null;
  duration_ms: number;
  at: number;
}

export interface WebhookTables {
  webhook_endpoints: WebhookEndpointTable;
  webhook_events: WebhookEventTable;
  webhook_deliveries: WebhookDeliveryTable;
  webhook_attempts: WebhookAttemptTable;
}
