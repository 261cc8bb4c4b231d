/** A place in a list: at most one of the two cursors, each the id of a row. */
export interface PageRequest {
  readonly before: string | null;
  readonly after: string | null;
  readonly limit: number;
  readonly order: "asc" | "desc";
}

export interface Page<T> {
  readonly items: readonly T[];
  /** Whether rows come before or after these in the asked order. */
  readonly hasBefore: boolean;
  readonly hasAfter: boolean;
}
