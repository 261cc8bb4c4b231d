import type {
  CookieJar,
  EventSource,
  KeyValueStorage,
  LatchkeyClientOptions,
  Locks,
} from "./options.ts";

/** The options with every default in place. */
export interface Settings {
  readonly appId: string;
  readonly serverUrl: string;
  readonly clientId?: string | undefined;
  readonly readyTimeoutMs: number;
  readonly requestTimeoutMs: number;
  readonly lockTimeoutMs: number;
  readonly fetch: typeof fetch;
  readonly storage: KeyValueStorage | null | undefined;
  readonly now: () => number;
  readonly monotonic: () => number;
  readonly randomBytes: (length: number) => Uint8Array;
  readonly locks: Locks | null | undefined;
  readonly events: EventSource | null | undefined;
  readonly cookieJar: CookieJar | null | undefined;
  readonly secureCookies: boolean;
  readonly cookiePrefix: string;
}

/** Touches no global that a server lacks, so that rendering there never throws. */
export function resolveSettings(options: LatchkeyClientOptions): Settings {
  const page = typeof window === "undefined" ? undefined : window;
  const given = Object.entries(options).filter(([, value]) => value !== undefined);
  return {
    readyTimeoutMs: 10_000,
    requestTimeoutMs: 10_000,
    lockTimeoutMs: 5_000,
    fetch: (input, init) => fetch(input, init),
    storage: localStorageOf(page),
    now: Date.now,
    monotonic: options.now ?? (() => performance.now()),
    randomBytes: (length) => crypto.getRandomValues(new Uint8Array(length)),
    // Absent outside secure contexts, whatever the types say.
    locks: page?.navigator.locks as Locks | undefined,
    events: page,
    cookieJar: page?.document,
    // Safari refuses Secure cookies on http://localhost.
    secureCookies: page?.location.protocol !== "http:",
    cookiePrefix: "privy",
    ...(Object.fromEntries(given) as unknown as LatchkeyClientOptions & Partial<Settings>),
  };
}

function localStorageOf(page: Window | undefined): KeyValueStorage | undefined {
  try {
    return page?.localStorage;
  } catch {
    // The user blocks site data: memory has to do.
    return undefined;
  }
}
