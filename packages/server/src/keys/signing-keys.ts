import {
  after,
  crypto,
  type MaybePromise,
  type PrivateJwk,
  type PublicJwk,
  type SigningKey,
  type VerifyingKey,
} from "@latchkey/core/crypto";
import { base64url, utf8 } from "@latchkey/core/encoding";
import { unavailable } from "@latchkey/core/errors";
import type { KeyStore, Protocol, SigningKeyRecord } from "../storage/store.ts";
import { type MasterKey, openText, sealText } from "./master-key.ts";

export interface SigningKeyEntry {
  readonly kid: string;
  readonly activeAt: number;
  readonly retiredAt: number | null;
  readonly publicJwk: PublicJwk;
  readonly verifyingKey: VerifyingKey;
  readonly privateKey: SigningKey;
}

/** The keys of one app and protocol (session rule R7). */
export interface AppKeys {
  /** Signs now. */
  readonly current: SigningKeyEntry;
  /** Next, current and retired keys: what JWKS publishes and what verifies. */
  readonly published: readonly SigningKeyEntry[];
}

export interface SigningKeys {
  of(appId: string, protocol: Protocol): MaybePromise<AppKeys>;
  /** Looks again, at most once a second, for a key that another instance may just have added. */
  verifyingKey(appId: string, protocol: Protocol, kid: string): Promise<VerifyingKey | undefined>;
}

/** A key is published this long before it signs: twice the longest JWKS cache of the clients. */
export const PUBLISH_LEAD_MS = 2 * 3_600_000;
/** And this long after the next one took over: the longest access token, caches and clock skew. */
export const RETIRE_OVERLAP_MS = 26 * 3_600_000;

const MAX_AGE_MS = 30_000;
const MAX_UNREAD_MS = 60_000;
const UNKNOWN_KID_RELOAD_MS = 1000;

interface Cached {
  readonly entries: readonly SigningKeyEntry[];
  selected?: Selected;
  readonly loadedAt: number;
  /** When the store was asked in vain last. */
  triedAt: number;
}

export function openSigningKeys(
  store: KeyStore,
  master: MasterKey,
  now: () => number,
): SigningKeys {
  const cache = new Map<string, Cached>();
  const loading = new Map<string, Promise<Cached>>();

  async function load(appId: string, protocol: Protocol): Promise<Cached> {
    let records = await store.signingKeys(appId, protocol);
    if (records.length === 0) {
      await addSigningKey(store, master, appId, protocol, {
        leadMs: 0,
        overlapMs: RETIRE_OVERLAP_MS,
      });
      records = await store.signingKeys(appId, protocol);
    }
    const entries = await Promise.all(records.map((record) => open(master, record)));
    return { entries, loadedAt: now(), triedAt: Number.NEGATIVE_INFINITY };
  }

  function reload(name: string, appId: string, protocol: Protocol): Promise<Cached> {
    const running = loading.get(name);
    if (running) return running;
    const started = load(appId, protocol)
      .then((loaded) => {
        cache.set(name, loaded);
        return loaded;
      })
      .finally(() => loading.delete(name));
    loading.set(name, started);
    return started;
  }

  /**
   * Known keys go on serving while the store is slow or away. But what nobody asked for in a while
   * is read anew before it answers: a key may have been withdrawn meanwhile because it leaked.
   */
  function recent(name: string, appId: string, protocol: Protocol): MaybePromise<Cached> {
    const cached = cache.get(name);
    if (!cached) return reload(name, appId, protocol);
    const age = Math.abs(now() - Math.max(cached.loadedAt, cached.triedAt));
    if (age <= MAX_AGE_MS) return cached;
    const reloaded = reload(name, appId, protocol).catch(() => {
      cached.triedAt = now();
      return cached;
    });
    return age <= MAX_UNREAD_MS ? cached : reloaded;
  }

  /** The keys of now: the same until one of them begins or retires. */
  function selectedOf(cached: Cached): AppKeys {
    const at = now();
    const known = cached.selected;
    if (known && at >= known.from && at < known.until) return known.keys;
    const keys = select(cached.entries, at);
    cached.selected = { keys, ...stretchAround(at, cached.entries) };
    return keys;
  }

  const named = (cached: Cached, kid: string) =>
    selectedOf(cached).published.find((key) => key.kid === kid)?.verifyingKey;

  return {
    async verifyingKey(appId, protocol, kid) {
      const name = `${protocol}:${appId}`;
      const cached = await recent(name, appId, protocol);
      const known = named(cached, kid);
      if (known || Math.abs(now() - cached.loadedAt) < UNKNOWN_KID_RELOAD_MS) return known;
      return named(await reload(name, appId, protocol), kid);
    },
    of: (appId, protocol) => after(recent(`${protocol}:${appId}`, appId, protocol), selectedOf),
  };
}

interface Selected {
  readonly keys: AppKeys;
  readonly from: number;
  /** Exclusive. */
  readonly until: number;
}

/** The times around `at` between which no key begins or retires. */
function stretchAround(
  at: number,
  entries: readonly SigningKeyEntry[],
): Pick<Selected, "from" | "until"> {
  const changes = entries.flatMap(({ activeAt, retiredAt }) => [activeAt, retiredAt ?? activeAt]);
  return {
    from: Math.max(...changes.filter((change) => change <= at)),
    until: Math.min(...changes.filter((change) => change > at)),
  };
}

function select(entries: readonly SigningKeyEntry[], now: number): AppKeys {
  const published = entries.filter((key) => key.retiredAt === null || key.retiredAt > now);
  const current = signerAt(published, now);
  if (!current) throw unavailable("no_signing_key", "This app has no signing key yet.");
  return { current, published };
}

/**
 * Which of the published keys signs: of those that have started, the one that stays longest, so
 * that no token outlives its key; then the newest.
 */
export function signerAt<K extends Pick<SigningKeyRecord, "activeAt" | "retiredAt">>(
  published: readonly K[],
  now: number,
): K | undefined {
  const stays = (key: K) => key.retiredAt ?? Number.MAX_SAFE_INTEGER;
  const [signer] = published
    .filter((key) => key.activeAt <= now)
    .sort((a, b) => stays(b) - stays(a) || b.activeAt - a.activeAt);
  return signer ?? published[0];
}

async function open(master: MasterKey, record: SigningKeyRecord): Promise<SigningKeyEntry> {
  const text = await openText(
    master,
    "signing-key",
    labelOf(record.appId, record.protocol, record.kid),
    record.sealedPrivateJwk,
  );
  return {
    kid: record.kid,
    activeAt: record.activeAt,
    retiredAt: record.retiredAt,
    publicJwk: record.publicJwk,
    verifyingKey: await crypto.importEs256Public(record.publicJwk),
    privateKey: await crypto.importEs256Private(JSON.parse(text) as PrivateJwk),
  };
}

/** Makes a key, seals it under the master key, and publishes it. */
export async function addSigningKey(
  store: KeyStore,
  master: MasterKey,
  appId: string,
  protocol: Protocol,
  timing: { leadMs: number; overlapMs: number },
): Promise<string> {
  const jwk = await crypto.generateEs256();
  const { d: _private, ...publicJwk } = jwk;
  const kid = await thumbprint(publicJwk);
  const sealedPrivateJwk = await sealText(
    master,
    "signing-key",
    labelOf(appId, protocol, kid),
    JSON.stringify(jwk),
  );
  await store.addSigningKey({ kid, appId, protocol, publicJwk, sealedPrivateJwk }, timing);
  return kid;
}

const labelOf = (appId: string, protocol: Protocol, kid: string) => `${appId}|${protocol}|${kid}`;

/** RFC 7638. */
async function thumbprint({ crv, kty, x, y }: PublicJwk): Promise<string> {
  return base64url(await crypto.sha256(utf8(JSON.stringify({ crv, kty, x, y }))));
}
