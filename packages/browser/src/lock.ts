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
  const timer = setTimeout(() => waiting.abort(), waitMs);
  let running: Promise<T> | null = null;
  try {
    return await locks.request(name, { signal: waiting.signal }, () => {
      clearTimeout(timer);
      running = work();
      return running;
    });
  } catch (error) {
    // Refused (an opaque origin, a page being unloaded) or waited too long.
    if (running === null) return work();
    throw error;
  } finally {
    clearTimeout(timer);
  }
}
