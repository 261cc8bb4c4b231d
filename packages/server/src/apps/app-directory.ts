/** Apps as requests need them, read through a short cache. */
import { originAllowed } from "@latchkey/core/origins";
import type { AppRecord, AppStore } from "../storage/store.ts";
import {
  type AppClientSettings,
  type AppSettings,
  appClientSettings,
  readSettings,
} from "./settings.ts";

export interface AppClient {
  readonly id: string;
  readonly name: string;
  readonly settings: AppClientSettings;
}

export interface App extends Omit<AppRecord, "settings"> {
  readonly settings: AppSettings;
  readonly clients: ReadonlyMap<string, AppClient>;
  readonly secretHashes: readonly string[];
}

export interface AppDirectory {
  find(id: string): Promise<App | null>;
}

/** A changed setting or secret takes effect everywhere within this time. */
const MAX_AGE_MS = 5000;
const MAX_ENTRIES = 10_000;
const APP_ID = /^[a-z0-9]{25}$/;

export function openAppDirectory(store: AppStore, now: () => number): AppDirectory {
  const cache = new Map<string, { app: App; loadedAt: number }>();
  const loading = new Map<string, Promise<App | null>>();

  async function load(id: string): Promise<App | null> {
    const record = await store.find(id);
    if (!record) {
      cache.delete(id);
      return null;
    }
    const [clients, secretHashes] = await Promise.all([
      store.clients(id),
      store.secretHashes(id, "app_secret"),
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
    };
    if (cache.size >= MAX_ENTRIES) cache.clear();
    cache.set(id, { app, loadedAt: now() });
    return app;
  }

  return {
    async find(id) {
      if (!APP_ID.test(id)) return null;
      const cached = cache.get(id);
      if (cached && Math.abs(now() - cached.loadedAt) < MAX_AGE_MS) return cached.app;
      const running = loading.get(id) ?? load(id).finally(() => loading.delete(id));
      loading.set(id, running);
      return running;
    },
  };
}

/** Whether a page of `origin` may call for this app or app client. */
export function mayCallFrom(app: App, client: AppClient | null, origin: string): boolean {
  const own = client?.settings.allowedOrigins ?? [];
  return originAllowed(origin, own.length > 0 ? own : app.settings.allowedOrigins);
}
