"use client";

import { useCallback, useEffect, useRef, useState, useSyncExternalStore } from "react";
import { useAuth } from "./auth-context.ts";
import { pageTokenStore as store } from "./page-token-store.ts";
import { onWake } from "./wake.ts";

export interface UseAccessTokenReturn {
  /** What is there, for display: it may be over after the computer slept. */
  accessToken: string | undefined;
  loading: boolean;
  /** Of the last try; the token from before stays. */
  error: Error | null;
  /** A new one in any case. */
  refresh: () => Promise<string | undefined>;
  /** One that is good for a while, for a call; undefined for nobody. Rejects where none can be had. */
  getAccessToken: () => Promise<string | undefined>;
}

/** The access token in the browser, kept fresh while a component uses it. */
export function useAccessToken(): UseAccessTokenReturn {
  const { user, sessionId, organizationId } = useAuth();
  const state = useSyncExternalStore(store.subscribe, store.getSnapshot, store.getServerSnapshot);
  const [isFirst, setIsFirst] = useState(user !== null);
  const key = user ? JSON.stringify([user.id, sessionId, organizationId]) : null;
  const before = useRef(key);
  const current = useRef(key);
  current.current = key;

  useEffect(() => {
    // Another user's token, or one of another organization, is none of this one.
    if (before.current !== null && before.current !== key) store.clear();
    before.current = key;
    if (key === null) {
      setIsFirst(false);
      return;
    }
    const ask = () => store.getAccessToken().catch(() => undefined);
    void ask().finally(() => setIsFirst(false));
    return onWake(() => void ask());
  }, [key]);

  const getAccessToken = useCallback(
    async () => (current.current === null ? undefined : store.getAccessToken()),
    [],
  );
  const refresh = useCallback(
    async () => (current.current === null ? undefined : store.refresh()),
    [],
  );
  return {
    accessToken: state.token,
    loading: state.loading || (isFirst && state.token === undefined),
    error: state.error,
    refresh,
    getAccessToken,
  };
}
