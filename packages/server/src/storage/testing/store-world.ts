import type { Database } from "../database.ts";
import { migrate } from "../migrate.ts";
import { migrations } from "../migrations/index.ts";
import { openDatabase } from "../open-database.ts";
import { sqlStore } from "../sql/sql-store.ts";
import type { Store } from "../store.ts";
import { ageRows } from "./age-rows.ts";

/** A fresh database with the stores of two servers on it. SQLite has one server only. */
export interface StoreWorld {
  readonly db: Database;
  readonly store: Store;
  /** What a second server on this database has. */
  readonly other: Store;
  /** The servers' own clock, which is SQLite's too; there it stands still unless advanced. */
  now(): number;
  /** Lets time pass by the database's clock, or sets it back. */
  advance(ms: number): Promise<void>;
  close(): Promise<void>;
}

/** `url` names an empty database, as openDatabase reads it. */
export async function openStoreWorld(url: string): Promise<StoreWorld> {
  let clock = Date.now();
  const open = () => openDatabase(url, { now: () => clock });
  const db = open();
  await migrate(db, migrations);
  const store = sqlStore(db);
  if (db.dialect === "sqlite") {
    const advance = async (ms: number) => {
      clock += ms;
    };
    return { db, store, other: store, now: () => clock, advance, close: () => db.close() };
  }
  const second = open();
  return {
    db,
    store,
    other: sqlStore(second),
    now: Date.now,
    advance: (ms) => ageRows(db, ms),
    async close() {
      await second.close();
      await db.close();
    },
  };
}
