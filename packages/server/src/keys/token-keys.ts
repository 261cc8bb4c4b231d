import { crypto, type MaybePromise } from "@latchkey/core/crypto";
import { base64url } from "@latchkey/core/encoding";
import { LatchkeyError, unavailable } from "@latchkey/core/errors";
import type { KeyStore } from "../storage/store.ts";
import type { MasterKey } from "./master-key.ts";

export interface TokenKey {
  readonly kid: string;
  readonly key: Uint8Array;
  readonly retired: boolean;
}

/** The sub-keys of refresh-token macs (session rule R1). */
export interface TokenKeyRing {
  /** The one that new generations are written under. */
  current(): MaybePromise<TokenKey>;
  /**
   * Reloads the ring once for an unknown name. One that this master key makes is taken all the same:
   * a restore took its record. Any other is 503, never a terminal answer.
   */
  find(kid: string): MaybePromise<TokenKey>;
}

/** An unknown name makes the ring reload at most this often. */
const RELOAD_INTERVAL_MS = 1000;
/** A rotation elsewhere is noticed after this long. */
const MAX_AGE_MS = 60_000;

export function openTokenKeyRing(
  store: KeyStore,
  master: MasterKey,
  now: () => number,
): TokenKeyRing {
  let ring = new Map<string, TokenKey>();
  let newest: TokenKey | undefined;
  let loadedAt = Number.NEGATIVE_INFINITY;
  let loading: Promise<void> | undefined;
  let making: Promise<void> | undefined;

  async function load(): Promise<void> {
    const next = new Map<string, TokenKey>();
    let latest: TokenKey | undefined;
    for (const record of await store.tokenKeys()) {
      const key = await master.subkey("refresh-token", record.salt);
      if ((await kidOf(key)) !== record.kid) {
        throw new LatchkeyError(
          "master_key_mismatch",
          503,
          `Token key ${record.kid} was made under another master key.`,
        );
      }
      const entry = { kid: record.kid, key, retired: record.retiredAt !== null };
      next.set(entry.kid, entry);
      if (!entry.retired) latest = entry;
    }
    ring = next;
    newest = latest;
    loadedAt = now();
  }

  function reload(): Promise<void> {
    loading ??= load().finally(() => {
      loading = undefined;
    });
    return loading;
  }

  async function make(): Promise<void> {
    await addTokenKey(store, master);
    // One that began before does not show the new key.
    await loading;
    await reload();
  }

  let derived: Promise<ReadonlyMap<string, TokenKey>> | undefined;
  /** Every key that the master key has, by name; made when the first is missed. */
  function lostKeys(): Promise<ReadonlyMap<string, TokenKey>> {
    derived ??= deriveAll(master);
    return derived;
  }

  const isRecent = () => Math.abs(now() - loadedAt) < MAX_AGE_MS;

  /** Keeps what is known when the store does not answer. */
  async function refreshIfOld(): Promise<void> {
    if (isRecent()) return;
    if (ring.size === 0) return reload();
    await reload().catch(() => undefined);
  }

  async function currentByStore(): Promise<TokenKey> {
    await refreshIfOld();
    if (!newest) {
      making ??= make().finally(() => {
        making = undefined;
      });
      await making;
    }
    if (!newest) throw unavailable("no_token_key", "No live token key could be made.");
    return newest;
  }

  async function findByStore(kid: string): Promise<TokenKey> {
    await refreshIfOld();
    const known = ring.get(kid);
    if (known) return known;
    if (Math.abs(now() - loadedAt) >= RELOAD_INTERVAL_MS) await reload();
    const found = ring.get(kid) ?? (await lostKeys()).get(kid);
    if (found) return found;
    throw unavailable(
      "unknown_token_key",
      "This refresh token names a key that this server does not have. It may run with an older database or another configuration; the session is kept.",
    );
  }

  return {
    current: () => (newest && isRecent() ? newest : currentByStore()),
    find: (kid) => (isRecent() && ring.get(kid)) || findByStore(kid),
  };
}

/**
 * So many sub-keys a master key has, each by its number: what follows from the master key alone no
 * restore can lose. Enough that none comes twice in a deployment's life, few enough to make them all.
 */
const SUBKEYS = 1024;
const saltOf = (number: number): string => `sub-key ${number}`;

async function deriveAll(master: MasterKey): Promise<ReadonlyMap<string, TokenKey>> {
  const keys = new Map<string, TokenKey>();
  for (let number = 0; number < SUBKEYS; number++) {
    const key = await master.subkey("refresh-token", saltOf(number));
    const kid = await kidOf(key);
    keys.set(kid, { kid, key, retired: false });
  }
  return keys;
}

/** One of those that were never used, by chance: the next after a restore is not the one lost. */
async function newSalt(store: KeyStore): Promise<string> {
  const used = new Set((await store.tokenKeys()).map(({ salt }) => salt));
  const [high = 0, low = 0] = crypto.randomBytes(2);
  for (let tried = 0; tried < SUBKEYS; tried++) {
    const salt = saltOf((high * 256 + low + tried) % SUBKEYS);
    if (!used.has(salt)) return salt;
  }
  throw new LatchkeyError(
    "token_keys_used_up",
    409,
    `All ${SUBKEYS} sub-keys of this master key have been used; a new one would be an old one.`,
  );
}

/** Adds a sub-key; from then on new generations are written under it. */
export async function addTokenKey(store: KeyStore, master: MasterKey): Promise<string> {
  const salt = await newSalt(store);
  const kid = await kidOf(await master.subkey("refresh-token", salt));
  await store.addTokenKey({ kid, salt });
  return kid;
}

/** Bound to the key, so that another master key makes it unknown rather than forged. */
async function kidOf(key: Uint8Array): Promise<string> {
  return base64url(await crypto.sha256(key)).slice(0, 10);
}
