/** An app's providers as requests need them, read through a short cache. */
import type { IdentityProvider, ProviderStore } from "../storage/store.ts";

export interface ProviderDirectory {
  /** The enabled ones of an app by age, those of organizations too. */
  ofApp(appId: string): Promise<readonly IdentityProvider[]>;
  /** What was just changed here is seen at once; elsewhere within five seconds. */
  forget(appId: string): void;
}

const MAX_AGE_MS = 5000;
/** While the database is away, what was read before serves on. */
const MAX_STALE_MS = 24 * 3_600_000;
const MAX_ENTRIES = 10_000;

interface Entry {
  readonly providers: readonly IdentityProvider[];
  readonly loadedAt: number;
  triedAt: number;
}

export function openProviderDirectory(
  store: Pick<ProviderStore, "list">,
  now: () => number,
): ProviderDirectory {
  const cache = new Map<string, Entry>();
  const loading = new Map<string, Promise<readonly IdentityProvider[]>>();

  function load(appId: string): Promise<readonly IdentityProvider[]> {
    const running = store.list(appId).then((all) => {
      const providers = all.filter(({ enabled }) => enabled);
      // One that began before a change was made here shows what was before.
      if (loading.get(appId) !== running) return providers;
      if (cache.size >= MAX_ENTRIES) cache.clear();
      cache.set(appId, { providers, loadedAt: now(), triedAt: now() });
      return providers;
    });
    loading.set(appId, running);
    const done = () => loading.get(appId) === running && loading.delete(appId);
    running.then(done, done);
    return running;
  }

  return {
    async ofApp(appId) {
      const cached = cache.get(appId);
      if (cached && Math.abs(now() - cached.triedAt) < MAX_AGE_MS) return cached.providers;
      try {
        return await (loading.get(appId) ?? load(appId));
      } catch (error) {
        if (!cached || Math.abs(now() - cached.loadedAt) > MAX_STALE_MS) throw error;
        cached.triedAt = now();
        return cached.providers;
      }
    },
    forget(appId) {
      cache.delete(appId);
      loading.delete(appId);
    },
  };
}

/** Those that anybody is offered: of no organization. */
export function appWide(providers: readonly IdentityProvider[]): IdentityProvider[] {
  return providers.filter(({ organizationId }) => organizationId === null);
}

/** The organization's connection that addresses like this one sign in at. */
export function connectionFor(
  providers: readonly IdentityProvider[],
  email: string,
): IdentityProvider | null {
  const domain = email.slice(email.lastIndexOf("@") + 1).toLowerCase();
  return providers.find(({ domains }) => domains.includes(domain)) ?? null;
}
