export interface PurgeStore {
  /**
   * Deletes at most `batch` rows of each kind that no rule needs any more; how many went. Nothing that
   * is needed at `until`, where that is before the database's time.
   */
  purge(batch: number, until?: number): Promise<number>;
}
