/**
 * The local storage keys of the browser protocol's other clients. An app that moves to this one
 * keeps its users signed in.
 */
import type { KeyValueStorage } from "./options.ts";
import { type StoredSession, storedSession } from "./stored-session.ts";

const PREFIX = "privy:";
const KEYS = ["token", "pat", "refresh_token", "id_token", "id-token"];

type MaybeStorage = KeyValueStorage | null | undefined;

/** The session they hold, or null. Values are JSON strings. */
export function readProtocolKeys(storage: MaybeStorage): StoredSession | null {
  const [token, apiToken, refreshToken] = KEYS.map((key) => readString(storage, PREFIX + key));
  if (!token || !refreshToken) return null;
  return storedSession({
    token,
    apiToken: apiToken ?? token,
    refreshToken,
    identityToken: null,
    user: null,
  });
}

export function clearProtocolKeys(storage: MaybeStorage): void {
  try {
    for (const key of KEYS) storage?.removeItem(PREFIX + key);
  } catch {}
}

function readString(storage: MaybeStorage, key: string): string | null {
  try {
    const value: unknown = JSON.parse(storage?.getItem(key) ?? "");
    return typeof value === "string" ? value : null;
  } catch {
    return null;
  }
}
