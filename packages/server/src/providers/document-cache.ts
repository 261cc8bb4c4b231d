/**
 * What providers publish about themselves, kept: metadata (RFC 8414, OpenID Connect Discovery) and
 * keys (RFC 7517). A provider that is away for a while goes on with what was read before.
 */
import { OutboundError } from "../outbound/outbound-error.ts";
import { type OutboundFetch, until } from "../outbound/outbound-fetch.ts";

export interface DocumentCache {
  /** The JSON object at `url`. Throws OutboundError when there is none, new or kept. */
  read(url: string): Promise<Record<string, unknown>>;
  /** The same, asked for anew unless that was done within the last half minute. */
  reread(url: string): Promise<Record<string, unknown>>;
}

/** Keys that a provider takes back are taken for good this long at most. */
const MAX_AGE_MS = 10 * 60_000;
/** While a provider does not answer. */
const MAX_STALE_MS = 24 * 3_600_000;
/** Between two attempts: an unknown key id, which anybody can send, asks no oftener. */
const COOLDOWN_MS = 30_000;
const MAX_ENTRIES = 500;
/** Characters; the longest of the great providers has a third of it. */
const MAX_LENGTH = 64_000;

interface Entry {
  readonly document: Record<string, unknown>;
  readonly loadedAt: number;
  triedAt: number;
}

export function documentCache(deps: {
  readonly fetch: OutboundFetch;
  readonly now: () => number;
  readonly timeoutMs: number;
}): DocumentCache {
  const { fetch, now, timeoutMs } = deps;
  const cache = new Map<string, Entry>();
  const loading = new Map<string, Promise<Record<string, unknown>>>();

  async function load(url: string): Promise<Record<string, unknown>> {
    const get = until(fetch, AbortSignal.timeout(timeoutMs));
    const response = await get(url, { headers: { accept: "application/json" } });
    const text = await response.text();
    const document = text.length > MAX_LENGTH ? null : parsed(text);
    if (response.status !== 200 || typeof document !== "object" || document === null) {
      throw new OutboundError("network", `${url} answered ${response.status} without a document`);
    }
    if (cache.size >= MAX_ENTRIES) cache.clear();
    cache.set(url, {
      document: document as Record<string, unknown>,
      loadedAt: now(),
      triedAt: now(),
    });
    return document as Record<string, unknown>;
  }

  /** One question at a time, however many wait for the answer. */
  function loadOnce(url: string): Promise<Record<string, unknown>> {
    const running = loading.get(url) ?? load(url).finally(() => loading.delete(url));
    loading.set(url, running);
    return running;
  }

  async function renew(url: string, entry: Entry): Promise<Record<string, unknown>> {
    const isUnderWay = loading.has(url);
    if (!isUnderWay && within(now(), entry.triedAt, COOLDOWN_MS)) return entry.document;
    entry.triedAt = now();
    try {
      return await loadOnce(url);
    } catch (error) {
      if (within(now(), entry.loadedAt, MAX_STALE_MS)) return entry.document;
      throw error;
    }
  }

  return {
    async read(url) {
      const entry = cache.get(url);
      if (!entry) return loadOnce(url);
      if (within(now(), entry.loadedAt, MAX_AGE_MS)) return entry.document;
      if (!within(now(), entry.loadedAt, MAX_STALE_MS)) return loadOnce(url);
      return renew(url, entry);
    },
    async reread(url) {
      const entry = cache.get(url);
      return entry ? renew(url, entry) : loadOnce(url);
    },
  };
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}

const within = (now: number, since: number, ms: number): boolean => Math.abs(now - since) < ms;
