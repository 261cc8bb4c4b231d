import { closeSync, fsyncSync, openSync, renameSync, rmSync, statSync } from "node:fs";
import { dirname } from "node:path";
import { LatchkeyError } from "@latchkey/core/errors";
import Sqlite from "better-sqlite3";
import { sqliteError } from "./errors.ts";

/**
 * Writes one consistent moment of `source`, which may be in use, into the new file `target`
 * (mode 0600) and forces it to the disk. Nothing is left behind on failure. Returns its bytes.
 *
 * @throws LatchkeyError 409 `target_exists`; 422 `not_a_database` when `source` is damaged, is not
 * a Latchkey database or does not exist; 503 `database_unavailable`.
 */
export function copyDatabase(source: string, target: string): number {
  const partial = `${target}.partial`;
  // The empty target keeps the name; it becomes the copy in one rename.
  createPrivately(target);
  try {
    // Created here because VACUUM INTO would give it the process's default mode.
    createPrivately(partial);
    readFrom(source, (connection) => connection.prepare("VACUUM INTO ?").run(partial));
    readFrom(partial, assertSound);
    // VACUUM INTO leaves this to its caller (https://sqlite.org/lang_vacuum.html).
    syncFile(partial);
    renameSync(partial, target);
    syncDirectory(target);
    return statSync(target).size;
  } catch (error) {
    rmSync(target, { force: true });
    rmSync(partial, { force: true });
    throw sqliteError(error);
  }
}

function createPrivately(path: string): void {
  try {
    closeSync(openSync(path, "wx", 0o600));
  } catch (error) {
    const exists = error instanceof Error && "code" in error && error.code === "EEXIST";
    if (!exists) throw sqliteError(error);
    throw new LatchkeyError(
      "target_exists",
      409,
      `${path} exists already. Choose another name, or remove it first.`,
    );
  }
}

/** Checks every page and index, and that it is ours. */
function assertSound(connection: Sqlite.Database): void {
  const verdict = connection.pragma("integrity_check(1)", { simple: true });
  if (verdict !== "ok") throw notADatabase(`is damaged (${String(verdict)})`);
  const ours = connection
    .prepare("SELECT 1 FROM sqlite_master WHERE type = 'table' AND name = 'schema_migrations'")
    .get();
  if (!ours) throw notADatabase("is not a Latchkey database");
}

function readFrom(path: string, use: (connection: Sqlite.Database) => unknown): void {
  let connection: Sqlite.Database;
  try {
    connection = new Sqlite(path, { readonly: true, fileMustExist: true });
  } catch (error) {
    throw notADatabase("does not exist or cannot be read", error);
  }
  try {
    use(connection);
  } catch (error) {
    const damaged =
      error instanceof Sqlite.SqliteError && /^SQLITE_(CORRUPT|NOTADB)/.test(error.code);
    throw damaged ? notADatabase(`is damaged (${error.code})`, error) : error;
  } finally {
    connection.close();
  }
}

function syncFile(path: string): void {
  const file = openSync(path, "r+");
  fsyncSync(file);
  closeSync(file);
}

/** Makes a new or renamed entry durable. Windows has no such thing for directories. */
export function syncDirectory(entry: string): void {
  if (process.platform === "win32") return;
  const directory = openSync(dirname(entry), "r");
  fsyncSync(directory);
  closeSync(directory);
}

function notADatabase(what: string, cause?: unknown): LatchkeyError {
  return new LatchkeyError("not_a_database", 422, `The source file ${what}. Nothing was changed.`, {
    cause,
  });
}
