import type { Store } from "../../storage/store.ts";

/** A real store that tells what it was asked, and fails where a test wants an outage. */
export interface WatchedStore {
  readonly store: Store;
  /** Names of the operations asked for, as `sessions.read`, in order. */
  readonly calls: string[];
  /**
   * From now on the call at this index, counted from here, fails and so do the `lasting` after it.
   * `committed` lets the operation happen before it fails, as when an answer is lost.
   */
  fail(at: number, error: Error, options?: { lasting?: boolean; committed?: boolean }): void;
  heal(): void;
}

export function watchStore(real: Store): WatchedStore {
  const calls: string[] = [];
  let outage: { at: number; error: Error; lasting: boolean; committed: boolean } | null = null;
  let asked = 0;

  async function call(name: string, work: () => Promise<unknown>): Promise<unknown> {
    calls.push(name);
    const index = asked++;
    const hit = outage && (outage.lasting ? index >= outage.at : index === outage.at);
    if (!hit || !outage) return work();
    const { error, committed } = outage;
    if (committed) await work();
    throw error;
  }

  const watch = <T extends object>(part: T, prefix: string): T =>
    new Proxy(part, {
      get(target, key: string) {
        const value = Reflect.get(target, key) as unknown;
        if (typeof value === "function") {
          return (...args: unknown[]) =>
            call(`${prefix}${key}`, () => value.apply(target, args) as Promise<unknown>);
        }
        return watch(value as object, `${key}.`);
      },
    });

  return {
    store: watch(real, ""),
    calls,
    fail(at, error, { lasting = false, committed = false } = {}) {
      asked = 0;
      outage = { at, error, lasting, committed };
    },
    heal() {
      asked = 0;
      outage = null;
    },
  };
}
