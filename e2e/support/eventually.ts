import { setTimeout as wait } from "node:timers/promises";

/** Repeats `attempt` until it answers; after `limitMs` it fails with the last error. */
export async function eventually<T>(attempt: () => Promise<T>, limitMs = 10_000): Promise<T> {
  const end = performance.now() + limitMs;
  for (;;) {
    try {
      return await attempt();
    } catch (error) {
      if (performance.now() > end) throw error;
      await wait(50);
    }
  }
}
