import { EAGER_COOKIE } from "../eager-token.ts";

interface CookieDocument {
  cookie: string;
}

/** Reads the eager cookie and removes it: who looks after that finds nothing. */
export function takeEagerCookie(page: CookieDocument): string | undefined {
  const prefix = `${EAGER_COOKIE}=`;
  const pair = page.cookie.split(/; */).find((each) => each.startsWith(prefix));
  const token = pair?.slice(prefix.length);
  if (!token) return undefined;
  page.cookie = `${EAGER_COOKIE}=; Path=/; Max-Age=0; SameSite=Lax`;
  return token;
}
