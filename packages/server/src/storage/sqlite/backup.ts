import { existsSync, renameSync, rmSync } from "node:fs";
import { LatchkeyError } from "@latchkey/core/errors";
import Sqlite from "better-sqlite3";
import { copyDatabase, syncDirectory } from "./copy-database.ts";
import { isBusy, sqliteError } from "./errors.ts";

/**
 * Backs up one consistent moment of a database that may be in use into a new file (mode 0600) and
 * checks what was written. Blocks the event loop while it copies: run it in a process of its own.
 *
 * @throws LatchkeyError 409 `target_exists`; 422 `not_a_database`; 503 `database_unavailable`.
 */
export function backupSqlite(sourcePath: string, targetPath: string): { readonly bytes: number } {
  return { bytes: copyDatabase(sourcePath, targetPath) };
}

export interface RestoreOptions {
  /** Replace a database that exists. Default false. */
  readonly force?: boolean;
}

/**
 * Puts a checked copy of a backup in the place of the database, at once or not at all.
 *
 * @throws LatchkeyError 409 `target_exists` without `force`; 409 `database_in_use` while a server
 * has it open; 422 `not_a_database` when the backup is no good; 503 `database_unavailable`.
 */
export function restoreSqlite(
  backupPath: string,
  targetPath: string,
  { force = false }: RestoreOptions = {},
): void {
  const replaces = existsSync(targetPath);
  if (replaces && !force) {
    throw new LatchkeyError(
      "target_exists",
      409,
      `${targetPath} exists already. Restore with force to replace it, or choose another path.`,
    );
  }
  const copy = `${targetPath}.restored`;
  copyDatabase(backupPath, copy);
  try {
    if (replaces) foldJournal(targetPath);
    // A journal left by a crash belongs to the old file and would be applied to the new one.
    for (const leftover of ["-wal", "-shm", "-journal"]) {
      rmSync(`${targetPath}${leftover}`, { force: true });
    }
    renameSync(copy, targetPath);
    syncDirectory(targetPath);
  } catch (error) {
    throw sqliteError(error);
  } finally {
    rmSync(copy, { force: true });
  }
}

/**
 * Leaving WAL needs the file for oneself, so this fails while anything has it open. A file too
 * damaged for it is what a restore is for.
 */
function foldJournal(path: string): void {
  let connection: Sqlite.Database | undefined;
  try {
    connection = new Sqlite(path, { fileMustExist: true, timeout: 500 });
    connection.pragma("journal_mode = DELETE");
  } catch (error) {
    if (isBusy(error)) {
      throw new LatchkeyError(
        "database_in_use",
        409,
        `${path} is open in another process. Stop the server, then restore.`,
      );
    }
    const damaged =
      error instanceof Sqlite.SqliteError && /^SQLITE_(CORRUPT|NOTADB)/.test(error.code);
    if (!damaged) throw error;
  } finally {
    connection?.close();
  }
}
