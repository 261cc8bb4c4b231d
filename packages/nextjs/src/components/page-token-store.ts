"use client";

import { getAuthAction, refreshAuthAction } from "../actions.ts";
import { takeEagerCookie } from "./eager-cookie.ts";
import { createTokenStore, type TokenStore } from "./token-store.ts";

/** One for the page, whichever components ask. */
export const pageTokenStore: TokenStore = createTokenStore({
  current: () => getAuthAction({ token: true }),
  refresh: () => refreshAuthAction({ token: true }),
  takeEagerToken: () => (typeof document === "undefined" ? undefined : takeEagerCookie(document)),
  now: () => Date.now(),
  later(ms, work) {
    const timer = setTimeout(work, ms);
    return () => clearTimeout(timer);
  },
});
