import { createRequire } from "node:module";
import type pg from "pg";

let loaded: typeof pg | undefined;

/** `pg`, loaded with the first connection: with SQLite it would only take memory. */
export function driver(): typeof pg {
  loaded ??= createRequire(import.meta.url)("pg") as typeof pg;
  return loaded;
}
