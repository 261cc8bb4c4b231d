"use client";
import type { LatchkeyClient, LatchkeySnapshot, User } from "@latchkey/browser";
import { useMemo, useSyncExternalStore } from "react";
import { useLatchkeyClient } from "./provider.tsx";

type Actions = Pick<
  LatchkeyClient,
  | "sendCode"
  | "signInWithCode"
  | "signInAsGuest"
  | "signInWithCustomToken"
  | "signOut"
  | "getAccessToken"
  | "getIdentityToken"
  | "refresh"
  | "reloadUser"
>;

export interface Latchkey extends LatchkeySnapshot, Actions {
  readonly signedIn: boolean;
}

/**
 * The session as it is now, and what can be done with it. The functions keep their identity; the
 * rest changes as a whole, only when something changed.
 */
export function useLatchkey(): Latchkey {
  const client = useLatchkeyClient();
  const snapshot = useSyncExternalStore(
    client.subscribe,
    client.getSnapshot,
    client.getServerSnapshot,
  );
  return useMemo(() => {
    const { subscribe, getSnapshot, getServerSnapshot, start, destroy, internals, ...actions } =
      client;
    return { ...snapshot, ...actions, signedIn: snapshot.status === "signed_in" };
  }, [client, snapshot]);
}

/** The user, or null while loading and when signed out. */
export function useUser(): User | null {
  return useLatchkey().user;
}
