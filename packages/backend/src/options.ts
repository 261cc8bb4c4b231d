import {
  COOKIE_PREFIX,
  cookieNames,
  DEFAULT_COOKIE_PREFIX,
} from "@latchkey/core/cookies/cookie-names";
import type { LatchkeyError } from "@latchkey/core/errors";

interface CommonOptions {
  /** The app's id, as `latchkey apps list` shows it. */
  readonly appId: string;
  /** The app's `cookiePrefix` setting: what the names of its cookies begin with. Default `privy`. */
  readonly cookiePrefix?: string | undefined;
  /** Cookie that carries the access token. Default `privy-token`, or by `cookiePrefix`. */
  readonly cookieName?: string | undefined;
  /** Cookie by which the browser says that it has a session. Default `privy-session`, or by `cookiePrefix`. */
  readonly sessionCookieName?: string | undefined;
  /** How far this machine's clock may be behind or ahead of the session server's. Default 0. */
  readonly clockToleranceSeconds?: number | undefined;
  /** How many verified tokens are remembered; 0 for none. Default 5,000, about 1 kB each. */
  readonly cacheSize?: number | undefined;
  readonly jwks?:
    | {
        /** How long to wait for the session server, in milliseconds. Default 5,000. */
        readonly timeoutMs?: number | undefined;
        /** Called for every failed refresh of the keys: log it, alarm on it. */
        readonly onRefreshError?: ((error: LatchkeyError) => void) | undefined;
      }
    | undefined;
  readonly fetch?: typeof fetch | undefined;
  /** The clock, in milliseconds since the epoch. Default `Date.now`. */
  readonly now?: (() => number) | undefined;
}

interface KeysFromServer extends CommonOptions {
  /** Where the session server answers, for example `https://privy.example.com`. */
  readonly serverUrl: string;
  readonly verificationKey?: undefined;
}

interface KeyFromConfiguration extends CommonOptions {
  /**
   * The app's public key as a SubjectPublicKeyInfo PEM: no network is used. Only for apps whose
   * key does not rotate, or rotates together with a deploy of this server.
   */
  readonly verificationKey: string;
  readonly serverUrl?: string | undefined;
}

export type LatchkeyBackendOptions = KeysFromServer | KeyFromConfiguration;

export interface Settings {
  readonly appId: string;
  readonly cookieName: string;
  readonly sessionCookieName: string;
  readonly clockToleranceSeconds: number;
  readonly cacheSize: number;
  readonly now: () => number;
  readonly keys:
    | { readonly pem: string }
    | {
        readonly url: string;
        readonly fetch: typeof fetch;
        readonly timeoutMs: number;
        readonly onRefreshError: ((error: LatchkeyError) => void) | undefined;
      };
}

/** Throws a TypeError that names the option and the fix. */
export function readOptions(options: LatchkeyBackendOptions): Settings {
  const given: Partial<LatchkeyBackendOptions> = options ?? {};
  const names = cookieNames(requirePrefix(given.cookiePrefix));
  const { appId, cookieName = names.accessToken, sessionCookieName = names.sessionHint } = given;
  const { clockToleranceSeconds = 0, cacheSize = 5_000, now = Date.now } = given;
  if (typeof appId !== "string" || appId === "") {
    throw new TypeError(
      "appId is missing: give the id that `latchkey apps list` shows for your app.",
    );
  }
  requireNumber("clockToleranceSeconds", clockToleranceSeconds, 0, 300);
  requireWhole("cacheSize", cacheSize);
  requireFunction("now", now);
  return {
    appId,
    cookieName: requireCookieName("cookieName", cookieName),
    sessionCookieName: requireCookieName("sessionCookieName", sessionCookieName),
    clockToleranceSeconds,
    cacheSize,
    now,
    keys: readKeyOptions(given, appId),
  };
}

function readKeyOptions(given: Partial<LatchkeyBackendOptions>, appId: string): Settings["keys"] {
  if (given.verificationKey !== undefined) {
    return { pem: readPem(given.verificationKey) };
  }
  const { timeoutMs = 5_000, onRefreshError } = given.jwks ?? {};
  requireNumber("jwks.timeoutMs", timeoutMs, 1, 60_000);
  if (given.fetch !== undefined) requireFunction("fetch", given.fetch);
  if (onRefreshError !== undefined) requireFunction("jwks.onRefreshError", onRefreshError);
  const base = readServerUrl(given.serverUrl);
  return {
    url: `${base}/api/v1/apps/${encodeURIComponent(appId)}/jwks.json`,
    // Looked up at each call: instrumentation replaces the global one after start.
    fetch: given.fetch ?? ((input, init) => globalThis.fetch(input, init)),
    timeoutMs,
    onRefreshError,
  };
}

/** What is in the block is read where the runtime imports keys, which may be later. */
function readPem(pem: unknown): string {
  if (typeof pem !== "string") {
    throw new TypeError('verificationKey must be text that begins with "-----BEGIN PUBLIC KEY".');
  }
  if (pem.includes("-----BEGIN PUBLIC KEY-----")) return pem;
  throw new TypeError("verificationKey must be an EC P-256 public key as a PEM.");
}

function readServerUrl(serverUrl: unknown): string {
  const example = 'for example "https://privy.example.com"';
  if (typeof serverUrl !== "string" || serverUrl === "") {
    throw new TypeError(`serverUrl is missing: say where the session server answers, ${example}.`);
  }
  const url = URL.canParse(serverUrl) ? new URL(serverUrl) : undefined;
  if (!url || !/^https?:$/.test(url.protocol)) {
    throw new TypeError(`serverUrl must be an http(s) URL, ${example}, not "${serverUrl}".`);
  }
  if (url.username || url.password || url.search || url.hash) {
    throw new TypeError(`serverUrl must have no credentials, query or fragment, ${example}.`);
  }
  return url.origin + url.pathname.replace(/\/+$/, "");
}

/** Throws a TypeError for one that no app can have. */
export function requirePrefix(prefix: unknown = DEFAULT_COOKIE_PREFIX): string {
  if (typeof prefix === "string" && COOKIE_PREFIX.test(prefix)) return prefix;
  throw new TypeError(
    `cookiePrefix must be 1 to 32 letters, digits, - and _, such as "acme", not "${prefix}".`,
  );
}

const COOKIE_NAME = /^[!#$%&'*+.^_`|~0-9A-Za-z-]+$/;

function requireCookieName(option: string, name: unknown): string {
  if (typeof name === "string" && COOKIE_NAME.test(name)) return name;
  throw new TypeError(`${option} must be a cookie name (RFC 6265 section 4.1.1), not "${name}".`);
}

function requireNumber(option: string, value: unknown, least: number, most: number): void {
  if (typeof value === "number" && value >= least && value <= most) return;
  throw new TypeError(`${option} must be a number from ${least} to ${most}, not ${value}.`);
}

function requireWhole(option: string, value: unknown): void {
  if (Number.isSafeInteger(value) && (value as number) >= 0) return;
  throw new TypeError(`${option} must be a whole number of 0 or more, not ${value}.`);
}

function requireFunction(option: string, value: unknown): void {
  if (typeof value === "function") return;
  throw new TypeError(`${option} must be a function, not ${typeof value}.`);
}
