/**
 * What the server counts: of the whole process in Prometheus' text format, of each app for the
 * dashboard. No label carries a person or a token.
 */

import { Counter, collectDefaultMetrics, Gauge, Histogram, Registry } from "prom-client";
import type { InsightCounters } from "../insight/counters.ts";

export interface Metrics {
  /** `appId`: null where the request is of no app. */
  request(
    route: string,
    method: string,
    status: number,
    seconds: number,
    appId: string | null,
  ): void;
  /** A refusal of the app's requests, by its error code. */
  failure(code: string, appId: string): void;
  /** A RefreshOutcome, `terminal_` and the reason, or `client_mismatch`. */
  refresh(outcome: string, appId: string): void;
  /** A session began. */
  signIn(method: string, appId: string): void;
  mail(result: "sent" | "given_up"): void;
  purged(rows: number): void;
  /** A DomainState after the check, or `no_answer`. */
  domainCheck(result: string): void;
  /** An attempt: it was accepted, will be made again, or was the last. */
  webhook(outcome: "delivered" | "retry" | "failed"): void;
  webhookQueueAge(ms: number): void;
  /** All of them, by state; the soonest expiry in milliseconds from now, null where there is none. */
  certificates(
    states: readonly {
      readonly state: string;
      readonly count: number;
      readonly soonestExpiryMs: number | null;
    }[],
  ): void;
  /** An attempt to get one failed, with the code of docs/guides/certificates.md. */
  certificateFailure(code: string): void;
  handshake(outcome: "finished" | "failed" | "crowded"): void;
  clockDrift(ms: number): void;
  readonly contentType: string;
  render(): Promise<string>;
}

export function openMetrics(insight: InsightCounters): Metrics {
  const registry = new Registry();
  const registers = [registry];
  collectDefaultMetrics({ register: registry });
  const requests = new Histogram({
    name: "latchkey_http_request_duration_seconds",
    help: "Time from request to answer, by route",
    labelNames: ["route", "method", "status"],
    buckets: [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5],
    registers,
  });
  const refreshes = new Counter({
    name: "latchkey_refreshes_total",
    help: "Session refreshes, by outcome; late_replay, regressed and terminal_reuse deserve an alert",
    labelNames: ["outcome"],
    registers,
  });
  const signIns = new Counter({
    name: "latchkey_sign_ins_total",
    help: "Sessions begun, by method",
    labelNames: ["method"],
    registers,
  });
  const mails = new Counter({
    name: "latchkey_mails_total",
    help: "Mails handed to the relay or given up",
    labelNames: ["result"],
    registers,
  });
  const purged = new Counter({
    name: "latchkey_purged_rows_total",
    help: "Expired rows deleted",
    registers,
  });
  const domainChecks = new Counter({
    name: "latchkey_domain_checks_total",
    help: "Checks of apps' own domains, by the state after; degraded, moved and no_answer deserve an alert",
    labelNames: ["result"],
    registers,
  });
  const webhooks = new Counter({
    name: "latchkey_webhook_attempts_total",
    help: "Attempts to deliver a webhook, by what came of it",
    labelNames: ["outcome"],
    registers,
  });
  const webhookAge = new Gauge({
    name: "latchkey_webhook_queue_age_seconds",
    help: "How long the webhook that waits longest has been due; over a minute deserves an alert",
    registers,
  });
  const certificates = new Gauge({
    name: "latchkey_certificates",
    help: "Certificates of session hosts and of this deployment, by state",
    labelNames: ["state"],
    registers,
  });
  const expiry = new Gauge({
    name: "latchkey_certificate_expiry_seconds",
    help: "Time until the first certificate of a state expires; below a week deserves an alert",
    labelNames: ["state"],
    registers,
  });
  const certificateFailures = new Counter({
    name: "latchkey_certificate_failures_total",
    help: "Attempts to get a certificate that failed, by code",
    labelNames: ["code"],
    registers,
  });
  const handshakes = new Counter({
    name: "latchkey_tls_handshakes_total",
    help: "TLS handshakes of the built-in listener: finished, failed, or crowded out",
    labelNames: ["outcome"],
    registers,
  });
  const drift = new Gauge({
    name: "latchkey_clock_drift_seconds",
    help: "How far this process's clock is ahead of the database's",
    registers,
  });
  return {
    request(route, method, status, seconds, appId) {
      requests.observe({ route, method, status }, seconds);
      if (appId !== null) insight.requestTime(appId, seconds * 1000);
    },
    failure: (code, appId) => insight.failure(appId, code),
    refresh(outcome, appId) {
      refreshes.inc({ outcome });
      insight.refresh(appId, outcome);
    },
    signIn(method, appId) {
      // An app may have as many of these as it likes; a metric may not.
      signIns.inc({ method: method.startsWith("custom:") ? "custom" : method });
      insight.signIn(appId, method);
    },
    mail: (result) => mails.inc({ result }),
    purged: (rows) => purged.inc(rows),
    domainCheck: (result) => domainChecks.inc({ result }),
    webhook: (outcome) => webhooks.inc({ outcome }),
    webhookQueueAge: (ms) => webhookAge.set(ms / 1000),
    certificates(states) {
      certificates.reset();
      expiry.reset();
      for (const { state, count, soonestExpiryMs } of states) {
        certificates.set({ state }, count);
        if (soonestExpiryMs !== null) expiry.set({ state }, soonestExpiryMs / 1000);
      }
    },
    certificateFailure: (code) => certificateFailures.inc({ code }),
    handshake: (outcome) => handshakes.inc({ outcome }),
    clockDrift: (ms) => drift.set(ms / 1000),
    contentType: registry.contentType,
    render: () => registry.metrics(),
  };
}
