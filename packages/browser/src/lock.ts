import type { Locks } from "./options.ts";

/**
 * Runs `work` under a lock of the origin (Web Locks), so that one tab refreshes for all. The lock
 * only saves requests: without one, or after `waitMs` behind a tab that hangs, the work runs
 * anyway. Nothing is ever stolen.
 */
export async function withLock<T>(
  locks: Locks | null | undefined,
  name: string,
  waitMs: number,
  work: () => Promise<T>,
): Promise<T> {
  if (!locks) return work();
  const waiting = new AbortController();
  // Once the lock is granted this has no effect.
  setTimeout(() => waiting.abort(), waitMs);
  let running: Promise<T> | undefined;
  try {
    return await locks.request(name, { signal: waiting.signal }, () => {
      running = work();
      return running;
    });
  } catch {
    // Refused (an opaque origin, a page being unloaded) or waited too long; else what the work threw.
    return running ?? work();
  }
}
