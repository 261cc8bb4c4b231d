/**
 * One browser: storage, cookies and locks that its tabs share, storage events between them, a
 * clock that may be wrong.
 */
import { createLatchkeyClient, type LatchkeyClient } from "../client.ts";
import type { KeyValueStorage, LatchkeyClientOptions, Locks } from "../options.ts";
import { DIRECT, fetchThrough, type Passage } from "./fake-network.ts";
import { APP_ID, type FakeServer, type HttpOnlyCookies } from "./fake-server.ts";

export interface FakeBrowserOptions {
  readonly server: FakeServer;
  /** Milliseconds that the machine's clock is ahead. */
  readonly clockError?: number;
  readonly locks?: boolean;
  /** Called before every write of the record. */
  readonly onWrite?: (before: string | null, after: string) => void;
}

export interface Tab {
  readonly client: LatchkeyClient;
  readonly events: EventTarget;
  /** Decides about this tab's requests from now on. */
  network: (path: string) => Passage;
  /** Brings the tab to the front, or another one before it. */
  setVisible(visible: boolean): void;
  /** The tab is gone: what is under way for it still reaches the server, but changes nothing here. */
  close(): void;
}

export const RECORD_KEY = `latchkey:${APP_ID}`;

export type FakeBrowser = ReturnType<typeof createFakeBrowser>;

export function createFakeBrowser({ server, onWrite, ...options }: FakeBrowserOptions) {
  const items = new Map<string, string>();
  const cookies = new Map<string, { value: string; expires: number }>();
  const tabs = new Set<Tab>();
  const locks = options.locks === false ? null : createLocks();
  let clockError = options.clockError ?? 0;
  const born = Date.now();
  const now = () => Date.now() + clockError;

  function tell(except: EventTarget, key: string | null): void {
    setTimeout(() => {
      for (const { events } of tabs) {
        if (events !== except) events.dispatchEvent(Object.assign(new Event("storage"), { key }));
      }
    }, 0);
  }

  const storageOf = (events: EventTarget, alive: () => boolean): KeyValueStorage => ({
    getItem: (key) => items.get(key) ?? null,
    setItem(key, value) {
      if (!alive()) return;
      if (key === RECORD_KEY) onWrite?.(items.get(key) ?? null, value);
      items.set(key, value);
      tell(events, key);
    },
    removeItem(key) {
      if (alive() && items.delete(key)) tell(events, key);
    },
  });

  const cookieJar = {
    get cookie() {
      return [...cookies]
        .filter(([, { expires }]) => expires > now())
        .map(([name, { value }]) => `${name}=${value}`)
        .join("; ");
    },
    set cookie(line: string) {
      const [pair = "", ...attributes] = line.split("; ");
      const maxAge = attributes.find((attribute) => attribute.startsWith("Max-Age="));
      const [name = "", value = ""] = pair.split("=");
      const life = Number(maxAge?.slice("Max-Age=".length)) * 1000;
      if (life > 0) cookies.set(name, { value, expires: now() + life });
      else cookies.delete(name);
    },
  };

  const httpOnly: HttpOnlyCookies = {
    refreshToken: null,
    setHint(present) {
      if (present) cookies.set("privy-session", { value: "t", expires: now() + 30 * 86_400_000 });
      else cookies.delete("privy-session");
    },
  };

  function openTab(extra: Partial<LatchkeyClientOptions> = {}): Tab {
    // Window and document are one here.
    const events = Object.assign(new EventTarget(), { visibilityState: "visible" });
    const tab: Tab = {
      events,
      network: () => DIRECT,
      setVisible(visible) {
        events.visibilityState = visible ? "visible" : "hidden";
        events.dispatchEvent(new Event("visibilitychange"));
        if (visible) events.dispatchEvent(new Event("focus"));
      },
      close() {
        tab.client.destroy();
        tabs.delete(tab);
      },
      client: createLatchkeyClient({
        appId: APP_ID,
        serverUrl: "http://localhost:4400",
        fetch: fetchThrough(server, (path) => tab.network(path), httpOnly),
        storage: storageOf(events, () => tabs.has(tab)),
        now,
        monotonic: () => Date.now() - born,
        locks,
        events,
        cookieJar: Object.defineProperties(Object.create(cookieJar), {
          visibilityState: { get: () => events.visibilityState },
        }),
        ...extra,
      }),
    };
    tabs.add(tab);
    return tab;
  }

  return {
    openTab,
    items,
    cookieJar,
    httpOnly,
    record: () => JSON.parse(items.get(RECORD_KEY) ?? "null"),
    setClock: (error: number) => {
      clockError = error;
    },
  };
}

/** `navigator.locks` as far as it is used: exclusive locks, a signal to stop waiting. */
export function createLocks(): Locks {
  const last = new Map<string, Promise<unknown>>();
  return {
    request(name, { signal }, callback) {
      const turn = Promise.resolve(last.get(name));
      const granted = new Promise<void>((resolve, reject) => {
        signal.addEventListener("abort", () => reject(signal.reason));
        turn.then(() => resolve());
      });
      const result = granted.then(callback);
      last.set(name, Promise.all([turn, result.catch(() => {})]));
      return result;
    },
  };
}
