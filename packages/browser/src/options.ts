/** The part of `Storage` (localStorage) that is used. */
export interface KeyValueStorage {
  getItem(key: string): string | null;
  setItem(key: string, value: string): void;
  removeItem(key: string): void;
}

/** The part of `LockManager` (navigator.locks) that is used. */
export interface Locks {
  request<T>(
    name: string,
    options: { signal: AbortSignal },
    callback: () => Promise<T>,
  ): Promise<T>;
}

/** Where `storage`, `online`, `focus`, `pageshow` and `visibilitychange` are heard: the window. */
export interface EventSource {
  addEventListener(type: string, listener: (event: Event) => void): void;
  removeEventListener(type: string, listener: (event: Event) => void): void;
}

/** The part of `document` that is used: development mode keeps two client cookies. */
export interface CookieJar {
  cookie: string;
  /** A page that is hidden does not ask whether its session is still there. */
  readonly visibilityState?: string;
}

export interface LatchkeyClientOptions {
  /** The app id, 25 characters: `latchkey apps list` shows it. */
  readonly appId: string;
  /** Origin of the Latchkey server, such as `https://auth.example.com`. */
  readonly serverUrl: string;
  /** An app client's id, where the app has several. */
  readonly clientId?: string | undefined;

  /** Bound on `start()`, in milliseconds. Default 10,000. */
  readonly readyTimeoutMs?: number | undefined;
  /** How long one request is waited for, in milliseconds. Default 10,000. */
  readonly requestTimeoutMs?: number | undefined;
  /** How long another tab's refresh is waited for, in milliseconds. Default 5,000. */
  readonly lockTimeoutMs?: number | undefined;

  /** Default: the global fetch. */
  readonly fetch?: typeof fetch | undefined;
  /** Default: localStorage; memory where there is none or it is blocked. */
  readonly storage?: KeyValueStorage | undefined;
  /** Wall clock in milliseconds since the epoch; may be wrong by days. Default: Date.now. */
  readonly now?: (() => number) | undefined;
  /** A clock that nobody sets, in milliseconds. Default: performance.now, or `now` when given. */
  readonly monotonic?: (() => number) | undefined;
  /** Default: crypto.getRandomValues. */
  readonly randomBytes?: ((length: number) => Uint8Array) | undefined;
  /** Default: navigator.locks. Null: none; refreshing stays correct, with more requests. */
  readonly locks?: Locks | null | undefined;
  /** Default: the window. */
  readonly events?: EventSource | null | undefined;
  /** Default: the document. */
  readonly cookieJar?: CookieJar | null | undefined;
  /** Whether client cookies carry `Secure`. Default: everywhere but on http: pages. */
  readonly secureCookies?: boolean | undefined;
  /** The app's `cookiePrefix` setting: what the names of its cookies begin with. Default `privy`. */
  readonly cookiePrefix?: string | undefined;
}
