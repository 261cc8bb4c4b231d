import type { LatchkeyBackend } from "../backend.ts";
import { sameOriginPath } from "../refresh-page.ts";

/** Say one of `sessionHost` and `refreshPage`: how a browser renews its session. */
export interface PageGuardOptions {
  readonly backend: LatchkeyBackend;
  /**
   * Origin of the app's session host, such as `https://privy.example.com`, where cookies are set by
   * the server: one redirect there and back renews them, without a script. Or the address of a
   * session proxy, such as `https://app.example.com/__session`.
   */
  readonly sessionHost?: string | undefined;
  /** Path of a page of yours that renews the session by script and goes on, such as `/refresh`. */
  readonly refreshPage?: string | undefined;
  /** The app client, where the app has several. */
  readonly clientId?: string | undefined;
  /** Path of your sign-in page; gets the page that was asked for as `redirect_uri`. */
  readonly signInPage?: string | undefined;
  /** The app's `sameSite` setting. Default `strict`. */
  readonly sameSite?: "strict" | "lax" | undefined;
  /** Origin that browsers reach this app at. Default: the request's, with https. */
  readonly origin?: string | undefined;
  /** Milliseconds since the epoch. Default `Date.now`. */
  readonly now?: (() => number) | undefined;
}

export interface PageSettings {
  readonly backend: LatchkeyBackend;
  readonly way:
    | {
        readonly kind: "session_host";
        readonly origin: string;
        readonly clientId: string | null;
        /** Whether the app's own server is in front, whose host has the cookies to itself. */
        readonly isProxy: boolean;
      }
    | { readonly kind: "page"; readonly path: string };
  readonly signInPage: string | null;
  readonly isStrict: boolean;
  readonly origin: string | null;
  readonly now: () => number;
}

/** Throws a TypeError that names the option and the fix. */
export function readPageOptions(options: PageGuardOptions): PageSettings {
  const { backend, sessionHost, refreshPage, signInPage, sameSite = "strict" } = options ?? {};
  if (typeof backend?.authenticateRequest !== "function") {
    throw new TypeError("backend is missing: pass what createLatchkeyBackend returned.");
  }
  if ((sessionHost === undefined) === (refreshPage === undefined)) {
    throw new TypeError(
      'Say either sessionHost, such as "https://privy.example.com", or refreshPage, such as "/refresh": how a session is renewed.',
    );
  }
  if (sameSite !== "strict" && sameSite !== "lax") {
    throw new TypeError(`sameSite must be "strict" or "lax", not "${sameSite}".`);
  }
  return {
    backend,
    way:
      sessionHost === undefined
        ? { kind: "page", path: requirePath("refreshPage", refreshPage ?? "") }
        : {
            kind: "session_host",
            origin: requireBase(sessionHost),
            clientId: options.clientId ?? null,
            isProxy: new URL(requireBase(sessionHost)).pathname !== "/",
          },
    signInPage: signInPage === undefined ? null : requirePath("signInPage", signInPage),
    isStrict: sameSite === "strict",
    origin: options.origin === undefined ? null : requireOrigin("origin", options.origin),
    now: options.now ?? Date.now,
  };
}

function requirePath(option: string, path: string): string {
  if (path !== "" && sameOriginPath(path) === path) return path;
  throw new TypeError(`${option} must be a path on this site, such as "/refresh", not "${path}".`);
}

/** An origin, or a path below one. */
function requireBase(value: string): string {
  const url = URL.parse(value);
  const base = value.replace(/\/$/, "");
  if (url && base === url.origin) return base;
  if (url && base === url.origin + url.pathname && /\/__[a-z_-]+$/.test(base)) return base;
  return requireOrigin("sessionHost", value);
}

function requireOrigin(option: string, value: string): string {
  const url = URL.parse(value);
  if (url && /^https?:$/.test(url.protocol) && value.replace(/\/$/, "") === url.origin) {
    return url.origin;
  }
  throw new TypeError(
    `${option} must be an origin such as "https://app.example.com", not "${value}".`,
  );
}
