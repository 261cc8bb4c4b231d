import { type ApiAnswer, type ApiRequest, callApi } from "./api.ts";
import { base64url } from "./base64url.ts";
import { type ClientCookies, createClientCookies } from "./client-cookies.ts";
import { LatchkeyClientError } from "./errors.ts";
import type { LatchkeyClientOptions } from "./options.ts";
import { readProtocolKeys } from "./protocol-keys.ts";
import { createRecordStore, type RecordStore } from "./record-store.ts";
import { waitAtMost } from "./retry.ts";
import { createServerClock, type ServerClock } from "./server-clock.ts";
import { resolveSettings, type Settings } from "./settings.ts";
import { VERSION } from "./version.ts";

/** What every part of the client shares. */
export interface Context {
  readonly settings: Settings;
  readonly storageKey: string;
  readonly store: RecordStore;
  readonly clock: ServerClock;
  readonly cookies: ClientCookies;
  /** First use: checks the options and takes over what an earlier client left. */
  open(): void;
  /** Whether the server keeps the session in cookies of the app's own domain. */
  cookieMode(): boolean;
  /** A call to the API host: `/api/v1` of the app's own one where it has one. */
  call<T>(path: string, request?: ApiRequest): Promise<ApiAnswer<T>>;
  /** Waits for a call within `requestTimeoutMs`; what the call leads to happens all the same. */
  wait<T>(work: Promise<T>): Promise<T>;
  random(): number;
}

export function createContext(options: LatchkeyClientOptions, onChange: () => void): Context {
  const settings = resolveSettings(options);
  const { appId, clientId, serverUrl, storage, randomBytes } = settings;
  const storageKey = `latchkey:${appId}`;
  const store = createRecordStore(storageKey, storage, onChange);
  const clock = createServerClock(settings.now, settings.monotonic, store.read);
  const customUrl = () => store.read().config?.custom_api_url;
  let opened = false;

  return {
    settings,
    storageKey,
    store,
    clock,
    cookies: createClientCookies(settings.cookieJar, settings.secureCookies, settings.cookiePrefix),
    open() {
      checkOptions(settings);
      if (opened) return;
      opened = true;
      store.update((record) => ({
        // A fixed epoch: tabs that adopt at the same time agree.
        ...(record.epoch ? record : { ...record, epoch: 1, session: readProtocolKeys(storage) }),
        caId: record.caId || base64url(randomBytes(16)),
      }));
    },
    cookieMode: () => Boolean(customUrl()),
    call(path, request = {}) {
      // The configuration itself is always read at the server that the app was built with.
      const base = (!path.startsWith("/apps/") && customUrl()) || serverUrl;
      const headers = {
        "privy-app-id": appId,
        "privy-client": `latchkey-browser:${VERSION}`,
        "privy-ca-id": store.read().caId,
        ...(clientId && { "privy-client-id": clientId }),
      };
      const url = `${base.replace(/\/+$/, "")}${request.root ?? "/api/v1"}${path}`;
      return callApi(settings.fetch, url, headers, request);
    },
    wait: (work) => waitAtMost(work, settings.requestTimeoutMs),
    random: () => (randomBytes(1)[0] as number) / 255,
  };
}

/**
 * Not checked at creation: a variable missing in one build must not take down every page that is
 * rendered on a server. The snapshot's error says it, and every call throws it.
 */
function checkOptions({ appId, serverUrl }: Settings): void {
  const problem = !appId
    ? "appId is missing: `latchkey apps list` shows it."
    : /^https?:\/\/[^/]/.test(serverUrl)
      ? null
      : `serverUrl is "${serverUrl}", not an origin such as http://localhost:4400.`;
  if (problem) throw new LatchkeyClientError("invalid_configuration", problem);
}
