import type { LatchkeyError } from "@latchkey/core/errors";
import { cookiePolicy } from "@latchkey/core/sealed/cookie-attributes";
import { type CookiePassword, readCookiePasswords } from "@latchkey/core/sealed/cookie-passwords";
import { createKeyRing, type KeyRing } from "@latchkey/core/sealed/key-ring";
import { appServerIssuer } from "@latchkey/core/tokens/app-server-tokens";

export interface SessionManagerOptions {
  /** `client_…`, as `latchkey apps create` prints it. */
  readonly clientId: string;
  /** The app's API key. It never leaves this server. */
  readonly apiKey: string;
  /** Origin where this server reaches the session server, such as `https://auth.example.com`. */
  readonly serverUrl: string;
  /** Origin where browsers reach it, and that its tokens name. Default `serverUrl`. */
  readonly publicUrl?: string | undefined;
  /** The page of this app that {@link SessionManager.handleCallback} answers. */
  readonly redirectUri: string;
  /**
   * What seals the cookie: `id:secret`, several with commas between them, newest first; or one
   * secret of 32 characters or more; or the list.
   */
  readonly cookiePassword: string | readonly CookiePassword[];
  /** Default `wos-session`. */
  readonly cookieName?: string | undefined;
  /** Whole seconds, 400 days at most. Default 400 days. */
  readonly cookieMaxAge?: number | string | undefined;
  /** A host name whose subdomains share the session. Default: this host only. */
  readonly cookieDomain?: string | undefined;
  /** `lax`, `strict` or `none`. Default `lax`. */
  readonly sameSite?: string | undefined;
  /** Names and domains that earlier configurations used; such cookies are removed. */
  readonly formerCookieNames?: readonly string[] | undefined;
  readonly formerCookieDomains?: readonly string[] | undefined;
  /** `iron` where the vendor's SDK reads the same cookie. Default `compact`. */
  readonly seal?: "compact" | "iron" | undefined;
  /** Whether `X-Forwarded-Proto` and `-Host` are set by a proxy of yours. Default no. */
  readonly trustProxy?: boolean | undefined;
  /**
   * How long before its end an access token is refreshed; 0 for not before. Default 60, and 30 for
   * tokens of 300 seconds or less.
   */
  readonly refreshBufferSeconds?: number | undefined;
  /** How many verified tokens are remembered; 0 for none. Default 5,000. */
  readonly cacheSize?: number | undefined;
  /** Hears of everything that is not as it should be. Default: a warning on the console. */
  readonly onProblem?: ((problem: LatchkeyError) => void) | undefined;
  readonly fetch?: typeof fetch | undefined;
  /** The clock, in milliseconds since the epoch. Default `Date.now`. */
  readonly now?: (() => number) | undefined;
}

export interface SessionSettings {
  readonly clientId: string;
  readonly apiKey: string;
  readonly serverUrl: string;
  readonly publicUrl: string;
  readonly issuer: string;
  readonly redirectUri: string;
  readonly cookieName: string;
  readonly ring: KeyRing;
  readonly attributesFor: ReturnType<typeof cookiePolicy>;
  /** Of the verifier cookie: a strict one would not come along from the server's page. */
  readonly verifierAttributesFor: ReturnType<typeof cookiePolicy>;
  readonly formerNames: readonly string[];
  readonly formerDomains: readonly string[];
  readonly trustProxy: boolean;
  readonly bufferFor: (lifetimeSeconds: number) => number;
  readonly cacheSize: number;
  readonly problem: (problem: LatchkeyError) => void;
  readonly fetch: typeof fetch;
  readonly now: () => number;
}

/** Throws a TypeError that names the option and the fix. */
export function readSessionOptions(options: SessionManagerOptions): SessionSettings {
  const { clientId, apiKey, cookieName = "wos-session", trustProxy = false } = options;
  if (typeof apiKey !== "string" || apiKey === "") {
    throw new TypeError(
      "apiKey is missing: give the API key that `latchkey apps create` printed once.",
    );
  }
  const serverUrl = readOrigin("serverUrl", options.serverUrl);
  const publicUrl = readOrigin("publicUrl", options.publicUrl ?? serverUrl);
  const cookie = { maxAge: options.cookieMaxAge, domain: options.cookieDomain, trustProxy };
  const attributesFor = cookiePolicy({ ...cookie, sameSite: options.sameSite });
  const { sameSite } = attributesFor({});
  const verifierSameSite = sameSite === "strict" ? "lax" : sameSite;
  const report = options.onProblem ?? ((problem) => console.warn(`latchkey: ${problem.message}`));
  return {
    clientId,
    apiKey,
    serverUrl,
    publicUrl,
    issuer: appServerIssuer(publicUrl, clientId),
    redirectUri: readRedirectUri(options.redirectUri),
    cookieName,
    ring: createKeyRing(readPasswords(options.cookiePassword), {
      format: readSeal(options.seal),
      source: "cookiePassword",
    }),
    attributesFor,
    verifierAttributesFor: cookiePolicy({ ...cookie, maxAge: 600, sameSite: verifierSameSite }),
    formerNames: options.formerCookieNames ?? [],
    formerDomains: options.formerCookieDomains ?? [],
    trustProxy,
    bufferFor: readBuffer(options.refreshBufferSeconds),
    cacheSize: options.cacheSize ?? 5_000,
    problem(problem) {
      try {
        report(problem);
      } catch {
        // A broken log must not turn into an answer about sessions.
      }
    },
    // Looked up at each call: instrumentation replaces the global one after start.
    fetch: options.fetch ?? ((input, init) => globalThis.fetch(input, init)),
    now: options.now ?? Date.now,
  };
}

function readOrigin(option: string, value: unknown): string {
  const url = URL.parse(String(value));
  const bare = url && url.pathname === "/" && !url.search && !url.hash && !url.username;
  if (bare && /^https?:$/.test(url.protocol)) return url.origin;
  throw new TypeError(
    `${option} must be the session server's origin, such as "https://auth.example.com", not "${value}".`,
  );
}

function readRedirectUri(value: unknown): string {
  const url = URL.parse(String(value));
  if (url && /^https?:$/.test(url.protocol) && !url.hash) return String(value);
  throw new TypeError(
    `redirectUri must be the absolute URL of this app's callback, such as "https://app.example.com/callback", not "${value}".`,
  );
}

function readPasswords(value: SessionManagerOptions["cookiePassword"]): readonly CookiePassword[] {
  if (typeof value !== "string") return value ?? [];
  const isRing = /^\s*[A-Za-z0-9_-]{1,16}\s*:/.test(value);
  return readCookiePasswords(
    isRing ? { LATCHKEY_COOKIE_PASSWORD: value } : { WORKOS_COOKIE_PASSWORD: value },
  );
}

function readSeal(seal: unknown): "compact" | "iron" {
  if (seal === undefined || seal === "compact" || seal === "iron") return seal ?? "compact";
  throw new TypeError(`seal (LATCHKEY_SEAL) must be compact or iron, not "${seal}".`);
}

/** Throws a TypeError for what is no number of seconds. */
export function readBuffer(seconds: number | undefined): SessionSettings["bufferFor"] {
  if (seconds === undefined) return (lifetime) => (lifetime <= 300 ? 30 : 60);
  if (Number.isFinite(seconds) && seconds >= 0) return () => seconds;
  throw new TypeError(`refreshBufferSeconds must be a number of 0 or more, not ${seconds}.`);
}
