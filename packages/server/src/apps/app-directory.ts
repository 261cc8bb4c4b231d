/** Apps as requests need them, read through a short cache. */
import { originAllowed } from "@latchkey/core/origins";
import {
  type AppClientSettings,
  type AppSettings,
  appClientSettings,
  readSettings,
} from "@latchkey/core/protocol/app-settings";
import type { MailTemplate } from "../mail/app-mail.ts";
import type { AppRecord, AppStore, MailTemplateStore } from "../storage/store.ts";
import { hashSecret, secretMatches } from "./create-app.ts";

export interface AppClient {
  readonly id: string;
  readonly name: string;
  readonly settings: AppClientSettings;
}

export interface App extends Omit<AppRecord, "settings"> {
  readonly settings: AppSettings;
  readonly clients: ReadonlyMap<string, AppClient>;
  readonly secretHashes: readonly string[];
  readonly apiKeyHashes: readonly string[];
  /** The app's own words for its mails, by kind. */
  readonly mailTemplates: ReadonlyMap<string, MailTemplate>;
}

export interface AppDirectory {
  find(id: string): Promise<App | null>;
  /** By `client_…`, its name in the app-server protocol. */
  findByClientId(clientId: string): Promise<App | null>;
  /** The app whose API key this is. */
  findByApiKey(apiKey: string): Promise<App | null>;
}

/** A changed setting or secret takes effect everywhere within this time. */
const MAX_AGE_MS = 5000;
/** While the database is away, what was read before serves on, so that keys stay readable. */
const MAX_STALE_MS = 24 * 3_600_000;
const MAX_ENTRIES = 10_000;
const APP_ID = /^[a-z0-9]{25}$/;
const CLIENT_ID = /^client_[a-z0-9]{1,64}$/;

export function openAppDirectory(
  store: AppStore,
  mailTemplates: Pick<MailTemplateStore, "ofApp">,
  now: () => number,
): AppDirectory {
  const cache = new Map<string, { app: App; loadedAt: number; triedAt: number }>();
  const loading = new Map<string, Promise<App | null>>();
  const idsByClientId = new Map<string, string>();
  const idsByKeyHash = new Map<string, string>();

  async function load(id: string): Promise<App | null> {
    const record = await store.find(id);
    if (!record || record.kind === "internal") {
      cache.delete(id);
      return null;
    }
    const [clients, secretHashes, apiKeyHashes, templates] = await Promise.all([
      store.clients(id),
      store.secretHashes(id, "app_secret"),
      store.secretHashes(id, "api_key"),
      mailTemplates.ofApp(id),
    ]);
    const app: App = {
      ...record,
      settings: readSettings(record.settings),
      clients: new Map(
        clients.map((client) => [
          client.id,
          {
            id: client.id,
            name: client.name,
            settings: appClientSettings.parse(JSON.parse(client.settings)),
          },
        ]),
      ),
      secretHashes,
      apiKeyHashes,
      mailTemplates: new Map(templates.map((template) => [template.kind, template])),
    };
    if (cache.size >= MAX_ENTRIES) cache.clear();
    cache.set(id, { app, loadedAt: now(), triedAt: now() });
    return app;
  }

  async function find(id: string): Promise<App | null> {
    if (!APP_ID.test(id)) return null;
    const cached = cache.get(id);
    if (cached && Math.abs(now() - cached.triedAt) < MAX_AGE_MS) return cached.app;
    const running = loading.get(id) ?? load(id).finally(() => loading.delete(id));
    loading.set(id, running);
    try {
      return await running;
    } catch (error) {
      if (!cached || Math.abs(now() - cached.loadedAt) > MAX_STALE_MS) throw error;
      cached.triedAt = now();
      return cached.app;
    }
  }

  return {
    find,
    async findByClientId(clientId) {
      if (!CLIENT_ID.test(clientId)) return null;
      // An app never changes its client id.
      const known = idsByClientId.get(clientId) ?? (await store.findByClientId(clientId))?.id;
      if (known === undefined) return null;
      if (idsByClientId.size >= MAX_ENTRIES) idsByClientId.clear();
      idsByClientId.set(clientId, known);
      return find(known);
    },
    async findByApiKey(apiKey) {
      if (apiKey.length > 512) return null;
      const hash = await hashSecret(apiKey);
      const known = idsByKeyHash.get(hash) ?? (await store.findIdBySecret("api_key", hash));
      const app = known && (await find(known));
      // The list is fresh; what is remembered here may have been withdrawn.
      if (!app || !(await secretMatches(apiKey, app.apiKeyHashes))) {
        idsByKeyHash.delete(hash);
        return null;
      }
      if (idsByKeyHash.size >= MAX_ENTRIES) idsByKeyHash.clear();
      idsByKeyHash.set(hash, app.id);
      return app;
    },
  };
}

/** Whether a sign-in at another app of this deployment may be used for this one without asking. */
export function sharesSignIn(app: App): boolean {
  return app.settings.sharedSignIn ?? app.kind === "development";
}

/** Whether a page of `origin` may call for this app or app client. */
export function mayCallFrom(app: App, client: AppClient | null, origin: string): boolean {
  const own = client?.settings.allowedOrigins ?? [];
  return originAllowed(origin, own.length > 0 ? own : app.settings.allowedOrigins);
}
