import { createApp as createHandler, type FetchHandler } from "../../app.ts";
import { type CreatedApp, createApp } from "../../apps/create-app.ts";
import type { Dns } from "../../domains/dns.ts";
import type { Mail, Mailer } from "../../mail/mailer.ts";
import { openServices } from "../../main.ts";
import type { OutboundFetch } from "../../outbound/outbound-fetch.ts";
import type { Log, ServerSettings, Services } from "../../services.ts";

/** An origin that the test app allows. */
export const ORIGIN = "https://app.example.com";

export interface TestServerOptions {
  /** Default: a private temporary SQLite database. */
  readonly databaseUrl?: string;
  /** Settings of the app; its origins are always the same. */
  readonly app?: object;
  readonly settings?: Partial<ServerSettings>;
  readonly mailer?: Mailer;
  /** Default: no resolver, so that no test asks the machine's. */
  readonly dns?: Dns;
  readonly log?: Log;
  /** Milliseconds since the epoch. */
  readonly now?: () => number;
  /** How sign-in providers are asked; default: over the network. */
  readonly outbound?: OutboundFetch;
}

/** The whole server without its listener, on a real database, with one app. */
export interface TestServer {
  readonly services: Services;
  readonly app: CreatedApp["app"];
  readonly secret: string;
  readonly apiKey: string;
  /** Every mail that was handed to the mailer, oldest first. */
  readonly mails: readonly Mail[];
  readonly fetch: FetchHandler;
  /** Another app of the same server. */
  addApp(
    settings?: object,
  ): Promise<{ id: string; secret: string; clientId: string; apiKey: string }>;
  /** The newest code mailed to the address. */
  codeFor(email: string): Promise<string>;
  close(): Promise<void>;
}

const NO_DNS: Dns = { servers: [], ask: async () => ({ kind: "failed", reason: "unreachable" }) };
const QUIET: Log = { debug() {}, info() {}, warn() {}, error() {} };
const MASTER_KEY = "0123456789abcdefghijklmnopqrstuvwxyz-ABCDEFGHIJ";

export async function openTestServer(options: TestServerOptions = {}): Promise<TestServer> {
  const mails: Mail[] = [];
  const keep: Mailer = {
    async send(mail) {
      mails.push(mail);
    },
  };
  const services = await openServices({
    databaseUrl: options.databaseUrl ?? ":memory:",
    masterKey: MASTER_KEY,
    mailer: options.mailer ?? keep,
    dns: options.dns ?? NO_DNS,
    log: options.log ?? QUIET,
    settings: {
      sessions: { accessTokenTtl: 3600, refreshWindow: 120 },
      secure: true,
      limitByIp: false,
      metricsToken: null,
      publicUrl: () => "https://sessions.example.com",
      domains: { cnameZone: null, dnsServers: [], acmeDirectory: "https://ca.example/directory" },
      allowPrivateAddresses: false,
      ...options.settings,
    },
    ...(options.now && { now: options.now }),
    ...(options.outbound && { outbound: options.outbound }),
  });
  const create = (settings: object) =>
    createApp(services.store.apps, {
      name: "Test app",
      kind: "production",
      settings: { allowedOrigins: [ORIGIN], ...settings },
    });
  const { app, appSecret, apiKey } = await create(options.app ?? {});
  return {
    services,
    app,
    secret: appSecret,
    apiKey,
    mails,
    fetch: createHandler(services),
    async addApp(settings = {}) {
      const other = await create(settings);
      return {
        id: other.app.id,
        secret: other.appSecret,
        clientId: other.app.clientId,
        apiKey: other.apiKey,
      };
    },
    async codeFor(email) {
      await services.outbox.drain();
      const code = mails.findLast((mail) => mail.to === email)?.code;
      if (code) return code;
      throw new TypeError(`No code was mailed to ${email}.`);
    },
    async close() {
      await services.outbox.drain();
      await services.store.close();
    },
  };
}
