/** The domain that an app's cookies are set on, as every request asks for it. */
import type { DomainStore } from "../storage/store.ts";

export interface ActiveDomain {
  /** The cookie domain, such as `example.com`. */
  readonly domain: string;
  /** Where this deployment answers on it, such as `privy.example.com`. */
  readonly sessionHost: string;
}

/** An activated or released domain takes effect everywhere within this time. */
const MAX_AGE_MS = 5000;
/** While the database is away, what was read before serves on. */
const MAX_STALE_MS = 24 * 3_600_000;
const MAX_ENTRIES = 10_000;

interface Entry {
  readonly active: ActiveDomain | null;
  readonly loadedAt: number;
  triedAt: number;
}

/**
 * Answers the verified domain of an app, degraded ones included, and null for every other: read
 * through a cache of five seconds.
 */
export function activeDomains(
  store: Pick<DomainStore, "ofApp">,
  now: () => number,
): (appId: string) => Promise<ActiveDomain | null> {
  const cache = new Map<string, Entry>();
  const loading = new Map<string, Promise<ActiveDomain | null>>();

  async function load(appId: string): Promise<ActiveDomain | null> {
    const found = await store.ofApp(appId);
    const isActive = found?.state === "active" || found?.state === "degraded";
    const active = isActive ? { domain: found.domain, sessionHost: found.sessionHost } : null;
    if (cache.size >= MAX_ENTRIES) cache.clear();
    cache.set(appId, { active, loadedAt: now(), triedAt: now() });
    return active;
  }

  return async (appId) => {
    const cached = cache.get(appId);
    if (cached && Math.abs(now() - cached.triedAt) < MAX_AGE_MS) return cached.active;
    const running = loading.get(appId) ?? load(appId).finally(() => loading.delete(appId));
    loading.set(appId, running);
    try {
      return await running;
    } catch (error) {
      if (!cached || Math.abs(now() - cached.loadedAt) > MAX_STALE_MS) throw error;
      cached.triedAt = now();
      return cached.active;
    }
  };
}
