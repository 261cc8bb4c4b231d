/**
 * A page of the app, such as `/refresh`, that renews the session and goes on: where the app's server
 * sends a visitor whose access token has run out. An entry of its own, which other pages do not load.
 */
import type { LatchkeyClient } from "./client.ts";
import { asClientError, type LatchkeyClientError } from "./errors.ts";

export interface RefreshPageOptions {
  /** Path of the sign-in page; gets the page that was asked for as `redirect_uri`. */
  readonly signInPage: string;
  /** Where to go without a wish, or with one that leads elsewhere. Default `/`. */
  readonly home?: string | undefined;
  /** The address of this page. Default `location.href`. */
  readonly address?: string | undefined;
}

/**
 * - `renewed`, `signed_out`: go to `path`, a path of this site
 * - `unavailable`: nobody can say; stay and offer to try again
 */
export type RefreshPageResult =
  | { readonly status: "renewed" | "signed_out"; readonly path: string }
  | { readonly status: "unavailable"; readonly error: LatchkeyClientError };

/** Renews the session and says where to go. Never rejects, and signs nobody out. */
export async function renewAndReturn(
  client: Pick<LatchkeyClient, "refresh">,
  options: RefreshPageOptions,
): Promise<RefreshPageResult> {
  const { signInPage, home = "/", address = location.href } = options;
  const wish = wishedPath(address, home);
  try {
    if ((await client.refresh()) !== null) return { status: "renewed", path: wish };
  } catch (error) {
    return { status: "unavailable", error: asClientError(error) };
  }
  const query = new URLSearchParams({ redirect_uri: wish });
  return { status: "signed_out", path: `${signInPage}?${query}` };
}

/**
 * Where the `redirect_uri` (or `redirect_url`) of an address leads, as a path of the same site: never
 * to another one, and never back to this page.
 */
export function wishedPath(address: string, home = "/"): string {
  const here = new URL(address);
  const { searchParams, origin, pathname } = here;
  const wish = searchParams.get("redirect_uri") ?? searchParams.get("redirect_url");
  if (!wish || !URL.canParse(wish, origin)) return home;
  const url = new URL(wish, origin);
  if (url.origin !== origin || url.pathname === pathname) return home;
  // Two slashes at the beginning would name a host.
  return url.pathname.startsWith("//") ? home : url.pathname + url.search + url.hash;
}

/** Takes what a detour left in the address out of it, without loading the page again. */
export function forgetRefreshReason(): void {
  const url = new URL(location.href);
  const pairs = url.search.slice(1).split("&");
  const kept = pairs.filter((pair) => !pair.startsWith("latchkey_refresh="));
  if (kept.length === pairs.length) return;
  url.search = kept.join("&");
  history.replaceState(history.state, "", url);
}
