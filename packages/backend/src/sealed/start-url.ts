/**
 * Where an app sends a browser that has to sign in, from places that can set no cookie: a page that
 * is being rendered, a link. It is the redirect URI with `start`, and the callback answers it.
 */
import type { SessionSettings } from "./options.ts";
import type { StartSignInOptions } from "./start-sign-in.ts";

export interface StartUrlOptions extends StartSignInOptions {
  /**
   * `sign_in` (default): begin a sign-in, whoever is signed in. `ensure`: only without a session;
   * one that is due is refreshed instead. `refresh`: never a sign-in, refresh and go back.
   */
  readonly mode?: "sign_in" | "ensure" | "refresh" | undefined;
}

const PURPOSE = "latchkey-start";

/** Sealed: nobody else can make a link that begins a sign-in with a `state` of their choice. */
export async function startUrl(
  settings: SessionSettings,
  options: StartUrlOptions,
): Promise<string> {
  const url = new URL(options.redirectUri ?? settings.redirectUri);
  const given = Object.entries(options).filter(([, value]) => value !== undefined);
  const payload = Object.fromEntries(given) as Record<string, string>;
  url.searchParams.set("start", await settings.ring.seal(payload, { purpose: PURPOSE }));
  return url.href;
}

/** Null when the address begins nothing. What was not sealed here says where to go back at most. */
export async function readStart(
  { ring, now }: SessionSettings,
  query: URLSearchParams,
): Promise<StartUrlOptions | null> {
  const start = query.get("start");
  if (start === null || query.has("code") || query.has("error")) return null;
  const opened = await ring.open(start, { purpose: PURPOSE, now: now() });
  if (opened.ok) return opened.value as StartUrlOptions;
  return { mode: "ensure", returnTo: query.get("return_to") };
}
