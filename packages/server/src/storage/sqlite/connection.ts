import { closeSync, mkdirSync, mkdtempSync, openSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join, resolve } from "node:path";
import Sqlite from "better-sqlite3";
import { databaseUnavailable, isBusy } from "./errors.ts";

export type Connection = Sqlite.Database;

/** How long one statement waits for another process's lock, blocking the event loop meanwhile. */
const busyTimeoutMs = 250;
const walSwitchAttempts = 100;
const walSwitchPauseMs = 50;
const journalSizeLimitBytes = 64 * 1024 * 1024;

export interface SqliteFile {
  readonly writer: Connection;
  /** For while the writer is in a transaction: never sees what that has not committed. */
  readonly reader: Connection;
  close(): void;
}

/** Opens or creates (mode 0600) the file; ":memory:" is a private temporary file without fsync. */
export function openFile(path: string): SqliteFile {
  if (path === ":memory:") return openTemporary();
  const file = resolve(path);
  mkdirSync(dirname(file), { recursive: true, mode: 0o700 });
  // SQLite gives -wal and -shm the mode of the database file.
  closeSync(openSync(file, "a", 0o600));
  return openPair(file, "FULL");
}

function openTemporary(): SqliteFile {
  const directory = mkdtempSync(join(tmpdir(), "latchkey-"));
  const pair = openPair(join(directory, "memory.db"), "OFF");
  return {
    ...pair,
    close: () => {
      pair.close();
      rmSync(directory, { recursive: true, force: true });
    },
  };
}

function openPair(file: string, synchronous: "FULL" | "OFF"): SqliteFile {
  const writer = new Sqlite(file, { timeout: busyTimeoutMs });
  try {
    switchToWal(writer);
    writer.pragma(`synchronous = ${synchronous}`);
    // Elsewhere than on macOS this changes nothing; there plain fsync leaves data in the drive.
    writer.pragma("fullfsync = ON");
    writer.pragma("foreign_keys = ON");
    writer.pragma("trusted_schema = OFF");
    writer.pragma(`journal_size_limit = ${journalSizeLimitBytes}`);
    writer.pragma("wal_autocheckpoint = 1000");
    writer.pragma("temp_store = MEMORY");
    const reader = new Sqlite(file, {
      readonly: true,
      fileMustExist: true,
      timeout: busyTimeoutMs,
    });
    reader.pragma("trusted_schema = OFF");
    return {
      writer,
      reader,
      close: () => {
        reader.close();
        writer.close();
      },
    };
  } catch (error) {
    writer.close();
    throw error;
  }
}

/**
 * SQLite answers busy at once, without its busy handler, when two processes switch to WAL together,
 * so the wait is here. The switch is persistent: only a new file can meet it.
 */
function switchToWal(connection: Connection): void {
  for (let attempt = 1; ; attempt++) {
    try {
      const mode = connection.pragma("journal_mode = WAL", { simple: true });
      if (mode === "wal") return;
      throw databaseUnavailable(
        `cannot use write-ahead logging (journal mode ${String(mode)}). Keep it on a local disk, not on a network file system`,
      );
    } catch (error) {
      if (!isBusy(error) || attempt >= walSwitchAttempts) throw error;
      pause(walSwitchPauseMs);
    }
  }
}

/** Blocks the thread: opening happens once, before the server listens. */
function pause(milliseconds: number): void {
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, milliseconds);
}
