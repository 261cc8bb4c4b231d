/** The composition root: configuration in, a running server out. */
import { setInterval } from "node:timers";
import { setTimeout as wait } from "node:timers/promises";
import type { Hono } from "hono";
import { createApp, type FetchHandler } from "./app.ts";
import { openAppDirectory } from "./apps/app-directory.ts";
import { oneTimeCodes } from "./codes/one-time-codes.ts";
import { deploymentOf } from "./domains/deployment.ts";
import type { Dns } from "./domains/dns.ts";
import { openDomains } from "./domains/domains.ts";
import type { RequestEnv } from "./http/context.ts";
import { httpsOnly } from "./http/https-only.ts";
import { PlainResponse } from "./http/plain-response.ts";
import { insightCollector } from "./insight/collector.ts";
import { countEverything } from "./insight/count-everything.ts";
import { insightCounters } from "./insight/counters.ts";
import { openMasterKey } from "./keys/master-key.ts";
import { checkMasterKey } from "./keys/master-key-check.ts";
import { openSigningKeys } from "./keys/signing-keys.ts";
import { openTokenKeyRing } from "./keys/token-keys.ts";
import { type Mailer, openOutbox } from "./mail/mailer.ts";
import { openMetrics } from "./metrics/metrics.ts";
import { argon2Hasher } from "./node/argon2-hasher.ts";
import { assetFolder } from "./node/asset-folder.ts";
import { clientAddress } from "./node/client-address.ts";
import { dnsResolver } from "./node/dns-resolver.ts";
import { httpExchange } from "./node/http-exchange.ts";
import { listen } from "./node/listen.ts";
import { guardedFetch } from "./outbound/guarded-fetch.ts";
import type { OutboundFetch } from "./outbound/outbound-fetch.ts";
import { openProviderDirectory } from "./providers/provider-directory.ts";
import { openUpstream } from "./providers/upstream.ts";
import type { CertificateOptions, serveCertificates } from "./serve-certificates.ts";
import type { Log, ServerSettings, Services } from "./services.ts";
import { clockGuard } from "./sessions/clock-guard.ts";
import { declaredLoss } from "./sessions/declared-loss.ts";
import { refreshLimiter } from "./sessions/refresh-limiter.ts";
import { steadyClock } from "./sessions/steady-clock.ts";
import { markDatabase } from "./storage/database-mark.ts";
import { migrate } from "./storage/migrate.ts";
import { migrations } from "./storage/migrations/index.ts";
import { openDatabase } from "./storage/open-database.ts";
import { advancePurgeHorizon } from "./storage/purge-horizon.ts";
import { sqlStore } from "./storage/sql/sql-store.ts";
import type { AuditStore } from "./storage/store.ts";
import { customJwtVerifier } from "./users/custom-jwt.ts";
import { webhookWorker } from "./webhooks/worker.ts";

export interface ServicesInput {
  /** Refuses a database that belongs to the other; an operator's command works on either. */
  readonly mode?: "development" | "production";
  readonly databaseUrl: string;
  readonly masterKey: string;
  readonly mailer: Mailer;
  readonly settings: ServerSettings;
  readonly log: Log;
  /** Default: the resolvers that the settings name. */
  readonly dns?: Dns;
  readonly now?: () => number;
  /** How providers are asked; default: over the network, as the settings allow. */
  readonly outbound?: OutboundFetch;
}

/** Opens the database, brings its schema up to date, and builds what requests need. */
export async function openServices(input: ServicesInput): Promise<Services> {
  const now = input.now ?? Date.now;
  const { log } = input;
  const database = openDatabase(input.databaseUrl, { now });
  try {
    const { applied, version } = await migrate(database, migrations);
    if (applied.length > 0) log.info({ applied, version }, "database schema brought up to date");
    const store = sqlStore(database);
    if (input.mode) await markDatabase(store.keys, input.mode);
    const master = openMasterKey(input.masterKey);
    await checkMasterKey(master, store.keys);
    const insight = insightCounters();
    const metrics = openMetrics(insight);
    const rules = { allowPrivate: input.settings.allowPrivateAddresses };
    const outbound =
      input.outbound ?? guardedFetch(httpExchange(), { ...rules, ...OUTBOUND_LIMITS });
    // A developer's machine sleeps; and a clock that is passed in may go as it likes.
    const isOwnClock = database.dialect === "sqlite" && input.mode === "production" && !input.now;
    const jumps = isOwnClock ? steadyClock(now, () => performance.now()) : undefined;
    return {
      store,
      master,
      metrics,
      insight,
      dashboard: assetFolder("dashboard"),
      log,
      now,
      settings: input.settings,
      directory: openAppDirectory(store.apps, store.mailTemplates, now),
      providers: openProviderDirectory(store.providers, now),
      outbound,
      upstream: openUpstream({ fetch: outbound, rules, now }),
      domains: openDomains({
        store: store.domains,
        dns: input.dns ?? dnsResolver(input.settings.domains.dnsServers),
        deployment: () => deploymentOf(input.settings),
        now: () => store.now(),
        clock: now,
        random: Math.random,
        log,
        metrics,
      }),
      signingKeys: openSigningKeys(store.keys, master, now),
      tokenKeys: openTokenKeyRing(store.keys, master, now),
      codes: oneTimeCodes(store.codes, store.limits, master),
      customJwt: customJwtVerifier({ fetch: outbound, now, allowLoopback: rules.allowPrivate }),
      passwordHasher: argon2Hasher(),
      clockGuard: clockGuard(() => store.now(), now, jumps),
      limiter: refreshLimiter(now),
      declaredLoss: declaredLoss(store.keys),
      outbox: openOutbox({
        mailer: input.mailer,
        wait: (ms) => wait(ms, undefined, { ref: false }),
        onSent: () => metrics.mail("sent"),
        onFailure(error, attempts) {
          metrics.mail("given_up");
          log.error({ err: error, attempts }, "a mail could not be sent");
        },
      }),
    };
  } catch (error) {
    await database.close();
    throw error;
  }
}

/** Of what a provider may answer. */
const OUTBOUND_LIMITS = { maxBytes: 512 * 1024, timeoutMs: 5000 };
const PURGE_EVERY_MS = 60_000;
const PURGE_BATCH = 500;
const MEASURE_EVERY_MS = 15_000;
const GRACE_MS = 10_000;
const DOMAINS_EVERY_MS = 15_000;
const CERTIFICATES_EVERY_MS = 5000;
const INSIGHT_EVERY_MS = 10_000;
const ROLL_UP_EVERY_MS = 30_000;
const COUNT_EVERY_MS = 5000;
const WEBHOOKS_EVERY_MS = 1000;
/** Of what a webhook endpoint answers only the beginning is kept. */
const WEBHOOK_LIMITS = { maxBytes: 1024, tooLarge: "cut", timeoutMs: 15_000 } as const;

export interface ServeOptions {
  readonly hosts: readonly string[];
  readonly port: number;
  readonly trustedProxies: readonly string[];
  readonly extraRoutes?: Hono<RequestEnv>;
  /** Wraps the whole handler, as development's check of the Host name does. */
  readonly guard?: (handler: FetchHandler) => FetchHandler;
  /** Days that the audit log is kept; null: for good. */
  readonly auditLogDays?: number | null;
  /** Null: certificates are somebody else's. */
  readonly certificates?: CertificateOptions | null;
}

export interface RunningServer {
  readonly port: number;
  /** Null where https is a proxy's. */
  readonly tlsPort: number | null;
  /** Finishes requests and mail in flight, then closes the database. */
  stop(): Promise<void>;
}

const DAY_MS = 86_400_000;

async function forgetAudit(audit: AuditStore, days: number | null, until: number): Promise<void> {
  if (days === null) return;
  for (let gone = PURGE_BATCH; gone >= PURGE_BATCH; ) {
    gone = await audit.forget(until - days * DAY_MS, PURGE_BATCH);
  }
}

/** Loaded for a deployment that has its own certificates alone: the CA's protocol is a large part. */
const startCertificates: typeof serveCertificates = async (...input) =>
  (await import("./serve-certificates.ts")).serveCertificates(...input);

/** Takes the services over: closes them when it stops, and when it cannot start. */
export async function serve(services: Services, options: ServeOptions): Promise<RunningServer> {
  const { log, metrics, clockGuard: clock } = services;
  const measure = async () => {
    await clock.measure();
    metrics.clockDrift(clock.drift());
  };
  await measure();
  const app = createApp(services, options.extraRoutes);
  let warned = false;
  const warnOfProxy = (peer: string) => {
    if (warned || !services.settings.limitByIp) return;
    warned = true;
    log.warn(
      { peer },
      "X-Forwarded-For came from an address that LATCHKEY_TRUSTED_PROXIES does not name. If a proxy of yours is there, name it: until then all its clients share the limits of one",
    );
  };
  const handler = options.guard ? options.guard(app) : app;
  const listening = {
    hosts: options.hosts,
    address: clientAddress(options.trustedProxies, warnOfProxy),
    plainParts: PlainResponse.parts,
    onError: (error: unknown) =>
      log.error({ err: error }, "a request failed outside the application"),
  };
  const { certificates: wanted } = options;
  const hasTls = wanted?.tlsPort != null;
  const closeStore = async (error: unknown) => {
    await services.store.close();
    throw error;
  };
  const listener = await listen(
    hasTls ? httpsOnly(handler, services.settings.publicUrl) : handler,
    { ...listening, port: options.port },
  ).catch(closeStore);
  const certificates = wanted
    ? await startCertificates(services, handler, wanted, listening).catch(async (error) => {
        await listener.close(0);
        return closeStore(error);
      })
    : null;
  const webhooks = webhookWorker({
    store: services.store.webhooks,
    master: services.master,
    fetch: guardedFetch(httpExchange(), {
      allowPrivate: services.settings.allowPrivateAddresses,
      ...WEBHOOK_LIMITS,
    }),
    now: services.now,
    random: Math.random,
    log,
    metrics,
  });
  const collector = insightCollector(services.store, services.insight, services.now);
  const timers = [
    every(MEASURE_EVERY_MS, measure),
    every(MEASURE_EVERY_MS, webhooks.measure),
    every(WEBHOOKS_EVERY_MS, webhooks.work),
    every(DOMAINS_EVERY_MS, async () => {
      await services.domains.checkDue();
    }),
    every(INSIGHT_EVERY_MS, collector.flush),
    every(ROLL_UP_EVERY_MS, collector.rollUp),
    every(COUNT_EVERY_MS, async () => {
      const stopwatch = () => performance.now();
      await countEverything({ store: services.store, wait: (ms) => wait(ms), stopwatch });
    }),
    every(PURGE_EVERY_MS, async () => {
      const { until, behindMs } = await advancePurgeHorizon(services.store);
      if (behindMs > 0) {
        log.warn(
          { behindMs },
          "the clock is far ahead of the newest time that this database has seen: old rows are deleted an hour at a time until it has caught up. If nobody stopped this server for long, check the clock",
        );
      }
      // Small batches one after another, so that nothing waits long behind them.
      for (let gone = PURGE_BATCH; gone >= PURGE_BATCH; ) {
        gone = await services.store.purging.purge(PURGE_BATCH, until);
        metrics.purged(gone);
      }
      await services.store.insight.forget(until);
      await forgetAudit(services.store.audit, options.auditLogDays ?? null, until);
    }),
    ...(certificates ? [every(CERTIFICATES_EVERY_MS, certificates.work)] : []),
  ];

  function every(ms: number, work: () => Promise<void>): NodeJS.Timeout {
    let running = false;
    const timer = setInterval(async () => {
      if (running) return;
      running = true;
      await work().catch((error) => log.warn({ err: error }, "background work failed"));
      running = false;
    }, ms);
    timer.unref();
    return timer;
  }

  async function atMost(ms: number, work: Promise<void>): Promise<void> {
    const done = new AbortController();
    // Keeps the process alive for what waits for its next attempt.
    const grace = wait(ms, undefined, { signal: done.signal }).catch(() => undefined);
    await Promise.race([work, grace]);
    done.abort();
  }

  async function sendRest(): Promise<void> {
    const { outbox } = services;
    await atMost(GRACE_MS, outbox.drain());
    const unsent = outbox.waiting();
    if (unsent > 0) log.warn({ unsent }, "stopped before these mails could be sent");
    outbox.close();
  }

  return {
    port: listener.port,
    tlsPort: certificates?.listener?.port ?? null,
    async stop() {
      for (const timer of timers) clearInterval(timer);
      await Promise.all([listener.close(GRACE_MS), certificates?.close(GRACE_MS)]);
      await Promise.all([sendRest(), atMost(GRACE_MS, webhooks.stop())]);
      await collector
        .flush()
        .catch((error) => log.warn({ err: error }, "the last counts are lost"));
      await services.store.close();
    },
  };
}
