export interface LimitStore {
  /**
   * Takes one of `max` (1 or more) in a window that starts at the first; the wait in ms when none
   * is left, and then nothing is taken.
   */
  take(
    id: string,
    max: number,
    windowMs: number,
  ): Promise<{ ok: true } | { ok: false; waitMs: number }>;
  giveBack(id: string): Promise<void>;
}
