import { sql } from "kysely";
import { type Database, type Transaction, UniqueViolation } from "./database.ts";
import type { Migration } from "./migrations/migration.ts";
import { assertSequence, pendingSteps, type RecordedStep } from "./schema-version.ts";

export interface MigrationResult {
  /** Names of the steps that this call applied. */
  readonly applied: readonly string[];
  /** The schema version that the database is at now, which may be above this server's. */
  readonly version: number;
}

/** A large table takes long to index; other starters wait for it. */
const timeoutMs = 15 * 60_000;
/** A waiting ALTER TABLE holds up every statement behind it, so it gives way to long transactions. */
const tableLockTimeoutMs = 5_000;
const creationAttempts = 10;

/**
 * Brings the schema up to the last of `steps`, forward only. Any number of processes may start at
 * once: one applies, the others wait for its lock row and find the work done. All pending steps
 * are one transaction.
 *
 * @throws LatchkeyError 503 `schema_incompatible` when the recorded steps are not a prefix of
 * `steps`, or the database is at a later version that no longer admits this server.
 */
export async function migrate(db: Database, steps: readonly Migration[]): Promise<MigrationResult> {
  assertSequence(steps);
  if (!(await hasTable(db, "schema_migrations"))) await createBookkeeping(db);
  const before = await readSteps(db, db);
  if (pendingSteps(before, steps).length === 0) return { applied: [], version: before.length };

  return db.transaction(
    async (tx) => {
      await takeLock(tx, db);
      const recorded = await readSteps(tx, db);
      const pending = pendingSteps(recorded, steps);
      for (const step of pending) {
        await step.up(tx, db.build, db.dialect);
        await tx.all(
          sql`INSERT INTO schema_migrations (version, name, oldest_compatible, applied_at)
            VALUES (${step.version}, ${step.name}, ${step.oldestCompatible}, ${tx.now})`.compile(
            db.build,
          ),
        );
      }
      return {
        applied: pending.map(({ name }) => name),
        version: recorded.length + pending.length,
      };
    },
    { timeoutMs },
  );
}

/** Held until the transaction ends. SQLite's BEGIN IMMEDIATE has done as much already. */
async function takeLock(tx: Transaction, db: Database): Promise<void> {
  await tx.all(sql`UPDATE schema_lock SET taken = taken + 1 WHERE id = 1`.compile(db.build));
  if (db.dialect === "postgres") {
    await tx.all(sql.raw(`SET LOCAL lock_timeout = ${tableLockTimeoutMs}`).compile(db.build));
  }
}

async function readSteps(from: Pick<Transaction, "all">, db: Database): Promise<RecordedStep[]> {
  return from.all(
    sql<RecordedStep>`SELECT version, name, oldest_compatible FROM schema_migrations
      ORDER BY version`.compile(db.build),
  );
}

/** Looked for first, so that a role without the right to create runs on an up-to-date schema. */
async function hasTable(db: Database, name: string): Promise<boolean> {
  const found =
    db.dialect === "postgres"
      ? sql`SELECT 1 WHERE to_regclass(${name}) IS NOT NULL`
      : sql`SELECT 1 FROM sqlite_master WHERE type = 'table' AND name = ${name}`;
  return (await db.first(found.compile(db.build))) !== undefined;
}

/**
 * PostgreSQL's IF NOT EXISTS does not see a table that another transaction is creating: it fails
 * on the catalogue's unique index, the table or its type, by when the other has committed.
 */
async function createBookkeeping(db: Database): Promise<void> {
  const statements = [
    sql`CREATE TABLE IF NOT EXISTS schema_lock (id integer PRIMARY KEY, taken bigint NOT NULL)`,
    sql`INSERT INTO schema_lock (id, taken) VALUES (1, 0) ON CONFLICT (id) DO NOTHING`,
    sql`CREATE TABLE IF NOT EXISTS schema_migrations (
      version integer PRIMARY KEY,
      name text NOT NULL,
      oldest_compatible integer NOT NULL,
      applied_at bigint NOT NULL)`,
  ];
  for (const statement of statements) {
    for (let attempt = 1; ; attempt++) {
      try {
        await db.write(statement.compile(db.build));
        break;
      } catch (error) {
        if (!isCreatedByAnother(error) || attempt >= creationAttempts) throw error;
      }
    }
  }
}

function isCreatedByAnother(error: unknown): boolean {
  if (error instanceof UniqueViolation) return true;
  const [duplicateTable, duplicateObject] = ["42P07", "42710"];
  const code = error instanceof Error && "code" in error ? error.code : undefined;
  return code === duplicateTable || code === duplicateObject;
}
