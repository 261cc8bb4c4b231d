import { readCookiePasswords } from "@latchkey/core/sealed/cookie-passwords";
import type { SessionManagerOptions } from "./options.ts";

export type SessionEnvironment = Readonly<Record<string, string | undefined>>;

/**
 * The options from environment variables: `LATCHKEY_*`, and where one is not set the documented
 * `WORKOS_*`. Throws a TypeError that names every variable that is wrong and the fix.
 */
export function readSessionEnvironment(env: SessionEnvironment): SessionManagerOptions {
  const problems: string[] = [];
  const either = (name: string) => env[`LATCHKEY_${name}`] || env[`WORKOS_${name}`] || undefined;
  const required = (name: string, value: string | undefined, example: string) => {
    if (!value) problems.push(`LATCHKEY_${name} is not set: ${example}.`);
    return value ?? "";
  };
  const attempt = <T>(read: () => T, otherwise: T): T => {
    try {
      return read();
    } catch (error) {
      if (!(error instanceof TypeError)) throw error;
      problems.push(error.message);
      return otherwise;
    }
  };
  const options: SessionManagerOptions = {
    clientId: required("CLIENT_ID", either("CLIENT_ID"), "give the app's client id, client_…"),
    apiKey: required("API_KEY", either("API_KEY"), "give the app's API key"),
    serverUrl: attempt(
      () =>
        required(
          "SERVER_URL",
          env.LATCHKEY_SERVER_URL || vendorUrl(env),
          "say where the session server answers, such as https://auth.example.com",
        ),
      "",
    ),
    publicUrl: env.LATCHKEY_SERVER_PUBLIC_URL || undefined,
    redirectUri: required(
      "REDIRECT_URI",
      either("REDIRECT_URI") ||
        env.NEXT_PUBLIC_LATCHKEY_REDIRECT_URI ||
        env.NEXT_PUBLIC_WORKOS_REDIRECT_URI,
      "give the URL of this app's callback, such as https://app.example.com/callback",
    ),
    cookiePassword: attempt(() => readCookiePasswords(env), []),
    cookieName: either("COOKIE_NAME"),
    cookieMaxAge: env.LATCHKEY_COOKIE_MAX_AGE || vendorMaxAge(env.WORKOS_COOKIE_MAX_AGE),
    cookieDomain: either("COOKIE_DOMAIN"),
    sameSite: either("COOKIE_SAMESITE"),
    seal: attempt(() => readSeal(env.LATCHKEY_SEAL), undefined),
    trustProxy: attempt(
      () => readFlag("LATCHKEY_TRUST_PROXY", env.LATCHKEY_TRUST_PROXY, false),
      false,
    ),
  };
  if (problems.length === 0) return options;
  throw new TypeError(problems.join("\n"));
}

function vendorUrl(env: SessionEnvironment): string | undefined {
  const host = env.WORKOS_API_HOSTNAME;
  if (!host) return undefined;
  const scheme = readFlag("WORKOS_API_HTTPS", env.WORKOS_API_HTTPS, true) ? "https" : "http";
  const port = env.WORKOS_API_PORT ? `:${env.WORKOS_API_PORT}` : "";
  return `${scheme}://${host}${port}`;
}

/** As documented, what is no number is the default. */
function vendorMaxAge(value: string | undefined): string | undefined {
  return value && /^[0-9]+$/.test(value) ? value : undefined;
}

function readFlag(name: string, value: string | undefined, fallback: boolean): boolean {
  if (!value) return fallback;
  if (/^(?:true|1|yes|on)$/i.test(value)) return true;
  if (/^(?:false|0|no|off)$/i.test(value)) return false;
  throw new TypeError(`${name} must be true or false, not "${value}".`);
}

function readSeal(value: string | undefined): "compact" | "iron" | undefined {
  if (!value) return undefined;
  if (value === "compact" || value === "iron") return value;
  throw new TypeError(`LATCHKEY_SEAL must be compact or iron, not "${value}".`);
}
