import type { CookieJar } from "./options.ts";

/** Seconds. Shorter than what the server sets (30 days), and all that Safari grants to scripts. */
const HINT_LIFE = 7 * 24 * 3600;

/**
 * The two cookies that development mode keeps from the page, so that the app's server reads the
 * same names as in production. The refresh token is never among them.
 */
export interface ClientCookies {
  /** @param lifeSeconds what is left of the token by the server's clock; none: only the hint. */
  write(token: string, lifeSeconds: number): void;
  clear(): void;
  /** Whether the readable hint of a session is there, whoever set it. */
  hasHint(): boolean;
}

export function createClientCookies(
  jar: CookieJar | null | undefined,
  secure: boolean,
  prefix: string,
): ClientCookies {
  const token = `${prefix}-token`;
  const hint = `${prefix}-session`;
  function set(name: string, value: string, maxAge: number): void {
    if (!jar) return;
    // Max-Age, not Expires: the user's clock may be wrong.
    jar.cookie = `${name}=${value}; Path=/; Max-Age=${Math.floor(maxAge)}; SameSite=Strict${secure ? "; Secure" : ""}`;
  }
  return {
    write(value, lifeSeconds) {
      if (lifeSeconds >= 1) set(token, value, lifeSeconds);
      set(hint, "t", HINT_LIFE);
    },
    clear() {
      set(token, "", 0);
      set(hint, "", 0);
    },
    hasHint: () => `; ${jar?.cookie}`.includes(`; ${hint}=t`),
  };
}
