export interface PurgeStore {
  /** Deletes at most `batch` rows of each kind that no rule needs any more; how many went. */
  purge(batch: number): Promise<number>;
}
