import BetterSqlite from "better-sqlite3";
import { SEEDED_TABLES, type SeedSize, seeds } from "./seed-sql.ts";

/** Sends statements to the database that is seeded. */
export interface SeedTarget {
  readonly dialect: "sqlite" | "postgres";
  run(sql: string): Promise<void>;
  /** Each secondary index of the seeded tables, with the statement that makes it. */
  indexes(): Promise<{ readonly name: string; readonly sql: string }[]>;
}

/** How long each index took to make over all the rows: what its migration takes. */
export type IndexTimes = ReadonlyMap<string, number>;

const ROWS_AT_ONCE = 250_000;

/** Indexes are made afterwards, which takes a fraction of filling them row by row. */
export async function seedDatabase(
  target: SeedTarget,
  size: SeedSize,
  say: (text: string) => void,
): Promise<IndexTimes> {
  const indexes = await target.indexes();
  for (const { name } of indexes) await target.run(`DROP INDEX ${name}`);
  for (const { table, rows, insert } of seeds(target.dialect, size)) {
    for (let first = 1; first <= rows; first += ROWS_AT_ONCE) {
      const last = Math.min(rows, first + ROWS_AT_ONCE - 1);
      await target.run(insert(first, last));
      say(`  ${table}: ${last.toLocaleString("en")} of ${rows.toLocaleString("en")}`);
    }
  }
  const times = new Map<string, number>();
  for (const { name, sql } of indexes) {
    const began = performance.now();
    await target.run(sql);
    times.set(name, performance.now() - began);
    say(`  index ${name}: ${((performance.now() - began) / 1000).toFixed(1)} s`);
  }
  if (target.dialect === "postgres") await target.run("VACUUM ANALYZE");
  return times;
}

export function sqliteTarget(path: string): SeedTarget & { close(): void } {
  const db = new BetterSqlite(path);
  // Nothing of it needs to outlive this run.
  for (const pragma of ["synchronous = OFF", "journal_mode = MEMORY", "foreign_keys = OFF"]) {
    db.pragma(pragma);
  }
  db.pragma("cache_size = -262144");
  return {
    dialect: "sqlite",
    run: async (sql) => {
      db.exec(sql);
    },
    indexes: async () =>
      db
        .prepare<[], { name: string; sql: string }>(
          `SELECT name, sql FROM sqlite_master WHERE type = 'index' AND sql IS NOT NULL
            AND sql NOT LIKE '%UNIQUE%' AND tbl_name IN (${quoted})`,
        )
        .all(),
    close: () => db.close(),
  };
}

const quoted = SEEDED_TABLES.map((name) => `'${name}'`).join(", ");

export function postgresTarget(
  query: (sql: string) => Promise<{ readonly rows: readonly unknown[] }>,
): SeedTarget {
  return {
    dialect: "postgres",
    run: async (sql) => {
      await query(sql);
    },
    indexes: async () => {
      const { rows } = await query(
        `SELECT indexname AS name, indexdef AS sql FROM pg_indexes
          WHERE tablename IN (${quoted}) AND indexdef NOT LIKE '%UNIQUE%'`,
      );
      return rows as { name: string; sql: string }[];
    },
  };
}
